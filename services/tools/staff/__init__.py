"""staff: what people do from a terminal: their acts go to the streams, their files to the topics."""
