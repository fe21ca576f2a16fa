"""Workers: settings made into channels, activities and queues."""
