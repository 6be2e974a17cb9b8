//! Writes a file whole, reads it with a bound, and is refused what is no file:
//! `cargo run -p plain-file --example plain`.

use std::io::Error;

use plain_file::write::{FileReaders, replace_file};
use plain_file::{read_no_link, read_plain_file};

fn main() -> Result<(), Error> {
    let folder = tempfile::tempdir()?;
    let notes = folder.path().join("notes.txt");
    replace_file(&notes, b"roll forward\n", FileReaders::Owner)?;
    let read = read_plain_file(&notes, 1_000)?;
    println!("{} bytes are read", read.len());
    for (what, refused) in [
        ("more than is asked for", read_plain_file(&notes, 4)),
        ("a folder", read_no_link(folder.path(), 1_000)),
    ] {
        if let Err(why) = refused {
            println!("{what}: {why}");
        }
    }
    Ok(())
}
