// Placeholder until the first type of IndexFormat lands.
