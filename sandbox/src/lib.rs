//! Runs one program under limits; knows nothing of judging.
