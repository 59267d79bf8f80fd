"""trail: the way of one application as people read it: one sentence a fact, stage by stage."""
