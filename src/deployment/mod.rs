//! What is live, the process and its steps, staging.
