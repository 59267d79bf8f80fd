"""contract: what upstream systems publish and are told, as models, and as pages and schemas."""
