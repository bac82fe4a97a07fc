// Placeholder until the first type of IndexStorage lands.
