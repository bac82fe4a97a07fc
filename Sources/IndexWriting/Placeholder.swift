// Placeholder until the first type of IndexWriting lands.
