// Placeholder until the first type of ContentIngest lands.
