//! The static server, spoken to over a socket.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::time::{Duration, Instant};

use xtask::server::{Fault, Headers, Server, Site};
use xtask::site::{self, Weights};
use xtask::{fetch, repo};

/// A response taken apart.
#[derive(Debug)]
struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// Sends exactly this; a client library would tidy a hostile path away.
fn ask(server: &Server, method: &str, path: &str, headers: &str) -> Answer {
    let mut stream = TcpStream::connect(server.address()).expect("connects");
    stream.set_read_timeout(Some(Duration::from_secs(10))).expect("sets");
    let request =
        format!("{method} {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{headers}\r\n");
    stream.write_all(request.as_bytes()).expect("sends");
    let mut bytes = Vec::new();
    // A broken connection is part of some answers: what came is what counts.
    let _ = stream.read_to_end(&mut bytes);
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").expect("has headers");
    let head = String::from_utf8(bytes[..end].to_vec()).expect("is text");
    let mut lines = head.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).expect("has a status");
    Answer {
        status: status.parse().expect("is a number"),
        headers: lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
            .collect(),
        body: bytes[end + 4..].to_vec(),
    }
}

fn get(server: &Server, path: &str) -> Answer {
    ask(server, "GET", path, "")
}

/// A small page and one model, and things beside them that nobody may see.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("makes a folder");
    let write = |path: &str, content: &[u8]| {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().expect("has a parent")).expect("makes folders");
        std::fs::write(path, content).expect("writes");
    };
    write("dist/index.html", b"<h1>start</h1>");
    write("dist/bella.js", b"let x = 1;");
    write("dist/engine/engine_bg.wasm", b"\0asm");
    write("dist/.hidden", b"secret");
    write("weights/tiny/model.gguf", &(0..100).collect::<Vec<u8>>());
    write("weights/tiny/.model.gguf.stamp", b"secret");
    write("weights/pins.toml", b"secret");
    write("secret", b"secret");
    folder
}

fn site(folder: &Path) -> Site {
    Site::new(folder.join("dist")).with_weights(folder.join("weights"))
}

fn start(site: Site) -> Server {
    Server::start(site, 0).expect("starts")
}

#[test]
fn each_kind_of_file_has_its_media_type_and_every_answer_is_isolated() {
    let folder = folder();
    let server = start(site(folder.path()));
    for (path, media_type) in [
        ("/", "text/html; charset=utf-8"),
        ("/bella.js", "text/javascript; charset=utf-8"),
        ("/engine/engine_bg.wasm", "application/wasm"),
        ("/weights/tiny/model.gguf", "application/octet-stream"),
    ] {
        let answer = get(&server, path);
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (200, Some(media_type)),
            "{path}"
        );
    }
    for path in ["/", "/weights/tiny/model.gguf", "/nothing/here"] {
        let answer = get(&server, path);
        assert_eq!(answer.header("cross-origin-opener-policy"), Some("same-origin"), "{path}");
        assert_eq!(answer.header("cross-origin-embedder-policy"), Some("require-corp"), "{path}");
        assert_eq!(answer.header("cross-origin-resource-policy"), Some("same-origin"), "{path}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
        let policy = answer.header("content-security-policy").expect("has a policy");
        assert!(policy.starts_with("default-src 'none'; script-src 'self' 'wasm-unsafe-eval';"));
        assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"));
    }
}

#[test]
fn a_bare_host_sends_none_of_our_headers() {
    let folder = folder();
    let server = start(site(folder.path()).with_headers(Headers::Bare));
    let answer = get(&server, "/");
    assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"));
    assert_eq!(answer.header("content-security-policy"), None);
    assert_eq!(answer.header("cross-origin-opener-policy"), None);
}

#[test]
fn one_level_routes_get_the_page_and_nothing_else_does() {
    let folder = folder();
    let server = start(site(folder.path()));
    for path in ["/", "/settings", "/settings?lang=ko", "/%EC%84%A4%EC%A0%95"] {
        let answer = get(&server, path);
        assert_eq!((answer.status, answer.text().as_str()), (200, "<h1>start</h1>"), "{path}");
    }
    for path in
        ["/missing.js", "/a/b", "/settings/", "/weights", "/weights/tiny", "/weights/tiny/x"]
    {
        assert_eq!(get(&server, path).status, 404, "{path}");
    }
}

#[test]
fn a_site_for_plain_hosts_has_a_page_for_what_is_not_there_and_the_weights_that_were_wanted() {
    let folder = folder();
    let manifest = fetch::read_manifest(&repo::manifest()).expect("the manifest");
    let model = manifest.models.first().expect("a model");
    for file in &model.files {
        let place = folder.path().join("weights").join(&model.id);
        std::fs::create_dir_all(&place).expect("makes folders");
        std::fs::write(place.join(&file.name), &file.name).expect("writes");
    }
    let weights = Weights { folder: folder.path().join("weights"), models: vec![model] };
    let place = folder.path().join("site");
    let make = |weights: Option<&Weights<'_>>| {
        site::make(&folder.path().join("dist"), weights, &place).expect("makes it");
        start(Site::new(&place).mounted_at("some/path").with_headers(Headers::Bare))
    };
    let address = format!("/some/path/weights/{}/{}", model.id, model.files[0].name);

    let server = make(Some(&weights));
    for (path, status) in
        [("", 200), ("bella.js", 200), ("engine/engine_bg.wasm", 200), ("settings", 404)]
    {
        assert_eq!(get(&server, &format!("/some/path/{path}")).status, status, "{path}");
    }
    let elsewhere = get(&server, "/some/path/settings");
    assert_eq!(elsewhere.text(), "<h1>start</h1>");
    assert_eq!(elsewhere.header("content-type"), Some("text/html; charset=utf-8"));
    assert_eq!(get(&server, &address).text(), model.files[0].name);

    // Nothing stays of what was there before.
    assert_eq!(get(&make(None), &address).status, 404);
}

#[test]
fn no_path_leads_out_or_to_hidden_files() {
    let folder = folder();
    let server = start(site(folder.path()));
    for path in [
        "/../secret",
        "/%2e%2e/secret",
        "/..%2fsecret",
        "/%2e%2e%2fsecret",
        "/weights/../secret",
        "/weights/../../secret",
        "/weights/tiny/..%2f..%2f..%2fsecret",
        "/weights/%2e%2e/secret",
        "/weights/tiny/.model.gguf.stamp",
        "/weights/pins.toml",
        "/.hidden",
        "/%2ehidden",
        "//etc/passwd",
        "/%00",
        "/%ff%fe",
        "/%",
        "/%zz",
        "/..\\secret",
        "/c:\\secret",
    ] {
        let answer = get(&server, path);
        assert!(!answer.text().contains("secret"), "{path} leads out");
        assert_eq!(answer.status, 404, "{path}");
    }
}

#[test]
fn a_range_is_answered_with_that_part() {
    let folder = folder();
    let server = start(site(folder.path()));
    let path = "/weights/tiny/model.gguf";
    let part = ask(&server, "GET", path, "range: bytes=10-19\r\n");
    assert_eq!((part.status, part.header("content-range")), (206, Some("bytes 10-19/100")));
    assert_eq!(part.body, (10..20).collect::<Vec<u8>>());

    let outside = ask(&server, "GET", path, "range: bytes=100-\r\n");
    assert_eq!((outside.status, outside.header("content-range")), (416, Some("bytes */100")));

    let tag = part.header("etag").expect("has a tag").to_owned();
    let same = ask(&server, "GET", path, &format!("range: bytes=90-\r\nif-range: {tag}\r\n"));
    assert_eq!((same.status, same.body.len()), (206, 10));
    let other = ask(&server, "GET", path, "range: bytes=90-\r\nif-range: \"other\"\r\n");
    assert_eq!((other.status, other.body.len()), (200, 100));
    let unchanged = ask(&server, "GET", path, &format!("if-none-match: {tag}\r\n"));
    assert_eq!((unchanged.status, unchanged.body.len()), (304, 0));

    let head = ask(&server, "HEAD", path, "range: bytes=10-19\r\n");
    assert_eq!((head.status, head.header("content-length")), (200, Some("100")));
    assert!(head.body.is_empty());
    let post = ask(&server, "POST", path, "content-length: 0\r\n");
    assert_eq!((post.status, post.header("allow")), (405, Some("GET, HEAD")));
}

#[test]
fn a_site_can_live_below_a_folder() {
    let folder = folder();
    let server = start(site(folder.path()).mounted_at("bella"));
    assert!(server.url().ends_with("/bella/"));
    assert_eq!(get(&server, "/bella/").text(), "<h1>start</h1>");
    assert_eq!(get(&server, "/bella/settings").text(), "<h1>start</h1>");
    assert_eq!(get(&server, "/bella/weights/tiny/model.gguf").status, 200);
    let redirect = get(&server, "/bella");
    assert_eq!((redirect.status, redirect.header("location")), (308, Some("/bella/")));
    assert_eq!(get(&server, "/").status, 404);
    assert_eq!(get(&server, "/bellabella.js").status, 404);
}

#[test]
fn faults_come_out_as_ordered() {
    let folder = folder();
    let server = start(site(folder.path()).with_faults(|asked| match asked.path.as_str() {
        "/bella.js?cut" => Fault { cut_after: Some(4), ..Fault::none() },
        "/bella.js?short" => Fault { shorten_to: Some(4), ..Fault::none() },
        "/bella.js?flip" => Fault { flip_at: Some(0), ..Fault::none() },
        "/bella.js?late" => Fault { delay: Some(Duration::from_millis(300)), ..Fault::none() },
        "/bella.js?second" if asked.nth == 1 => Fault::status(500),
        "/bella.js?range" => Fault { ignore_range: true, ..Fault::none() },
        _ => Fault::none(),
    }));
    let cut = get(&server, "/bella.js?cut");
    assert_eq!((cut.header("content-length"), cut.text().as_str()), (Some("10"), "let "));
    let short = get(&server, "/bella.js?short");
    assert_eq!((short.header("content-length"), short.text().as_str()), (Some("4"), "let "));
    assert_eq!(get(&server, "/bella.js?flip").text(), "met x = 1;");
    let asked = Instant::now();
    assert_eq!(get(&server, "/bella.js?late").status, 200);
    assert!(asked.elapsed() >= Duration::from_millis(300));
    assert_eq!(get(&server, "/bella.js?second").status, 200);
    assert_eq!(get(&server, "/bella.js?second").status, 500);
    assert_eq!(get(&server, "/bella.js?second").status, 200);
    assert_eq!(ask(&server, "GET", "/bella.js?range", "range: bytes=4-\r\n").status, 200);

    let cut = &server.journal().of("/bella.js?cut")[0];
    assert_eq!((cut.status, cut.sent, cut.ended), (200, 4, true));
}

#[test]
fn a_stopped_server_frees_its_port_and_hangs_up() {
    let folder = folder();
    let server = start(site(folder.path()).with_faults(|_| Fault::slow(10)));
    let address = server.address();
    let mut busy = TcpStream::connect(address).expect("connects");
    busy.write_all(b"GET /weights/tiny/model.gguf HTTP/1.1\r\nhost: x\r\n\r\n").expect("sends");
    let mut first = [0; 1];
    busy.read_exact(&mut first).expect("answers");
    let asked = Instant::now();
    server.stop();
    assert!(asked.elapsed() < Duration::from_secs(3), "a slow transfer holds the server up");
    assert!(TcpStream::connect(address).is_err(), "somebody still listens");
    let again = Server::start(site(folder.path()), address.port()).expect("takes the port again");
    assert_eq!(get(&again, "/").status, 200);
}
