#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| backout_fuzz::read("commits", bytes));
