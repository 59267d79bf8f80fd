"""parts: what pages are made of: filters, paging, bars, navigation, templates."""
