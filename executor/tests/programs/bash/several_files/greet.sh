greeting() { echo hello; }
