"""What works: settings made into channels, activities and workers."""
