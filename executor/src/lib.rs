//! The judging function and the local scaler.
