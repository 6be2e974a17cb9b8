use super::*;

fn read(path: &str, text: &str) -> Vec<String> {
    ManifestFormat::of(path)
        .unwrap()
        .read(text)
        .unwrap()
        .iter()
        .map(|(name, library)| format!("{name} {} {}", library.version, library.line))
        .collect()
}

fn is_broken(path: &str, text: &str) -> bool {
    ManifestFormat::of(path).unwrap().read(text).is_err()
}

/// Path, text, and the library that is read from it: name, version, line.
const FORMATS: &[(&str, &str, &str)] = &[
    (
        "Cargo.lock",
        "[[package]]\nname = \"serde\"\nversion = \"1.0.1\"\n",
        "serde 1.0.1 3",
    ),
    (
        "uv.lock",
        "[[package]]\nname = \"flask\"\nversion = \"3.0.0\"\n",
        "flask 3.0.0 3",
    ),
    (
        "Cargo.toml",
        "[package]\nversion = \"9\"\n[dependencies]\nserde = { version = \"1.0\", features = [] }\n",
        "serde 1.0 4",
    ),
    (
        "Cargo.toml",
        "[dependencies.serde]\nfeatures = []\nversion = \"1.0\"\n",
        "serde 1.0 3",
    ),
    (
        "App.csproj",
        "<PackageReference Include=\"Npgsql\">\n  <Version>8.0.1</Version>\n</PackageReference>\n",
        "Npgsql 8.0.1 2",
    ),
    (
        "pom.xml",
        "<project><!--\n<dependency>\n<groupId>x</groupId>\n<artifactId>y</artifactId>\n<version>1</version>\n-->\n<dependency>\n<groupId>g</groupId>\n<artifactId>a</artifactId>\n<version>2</version>\n</dependency></project>\n",
        "g:a 2 10",
    ),
    (
        "Gopkg.lock",
        "[[projects]]\n  name = \"x.org/y\"\n  version = \"v1.2.0\"\n",
        "x.org/y 1.2.0 3",
    ),
    (
        "vendor/vendor.json",
        "{\"package\": [{\"path\": \"x.org/y\", \"revision\": \"ab\"}]}",
        "x.org/y ab 1",
    ),
    (
        "vendor/modules.txt",
        "# x.org/y v1.2.0\n## explicit\nx.org/y\n",
        "x.org/y 1.2.0 1",
    ),
    (
        "package.json",
        "{\n\"version\": \"9\",\n\"dependencies\": {\"@a/b\": \"^2.0.0\"}}",
        "@a/b ^2.0.0 3",
    ),
    (
        "package-lock.json",
        "{\"packages\": {\"\": {\"version\": \"9\"},\n\"node_modules/x/node_modules/@a/b\": {\"version\": \"2.0.0\"}}}",
        "@a/b 2.0.0 2",
    ),
    (
        "yarn.lock",
        "\"@a/b@^1.0.0\", \"@a/b@^2.0.0\":\n  version \"2.1.0\"\n",
        "@a/b 2.1.0 2",
    ),
    (
        "yarn.lock",
        "\"left@npm:^1\":\n  version: 1.3.0\n",
        "left 1.3.0 2",
    ),
    (
        "pnpm-lock.yaml",
        "packages:\n  '@a/b@2.0.0(x@1.0.0)':\n    resolution: {}\n",
        "@a/b 2.0.0 2",
    ),
    (
        "Gemfile.lock",
        "GEM\n  specs:\n    rails (7.0.4)\n      actionpack (= 7.0.4)\n",
        "rails 7.0.4 3",
    ),
    (
        "go.mod",
        "module x.org/y\ngo 1.22\nrequire (\n\tgithub.com/jackc/pgx/v5 v5.5.0 // indirect\n)\n",
        "github.com/jackc/pgx/v5 5.5.0 4",
    ),
    (
        "requirements.txt",
        "# c\nDjango==4.2.1 ; python_version\n",
        "Django 4.2.1 2",
    ),
    (
        "Pipfile.lock",
        "{\"default\": {\"flask\": {\"version\": \"==3.0\"}}}",
        "flask ==3.0 1",
    ),
    (
        "pyproject.toml",
        "[project]\ndependencies = [\n  \"flask>=3.0\",\n]\n",
        "flask 3.0 3",
    ),
    (
        "composer.lock",
        "{\"packages\": [{\"name\": \"a/b\", \"version\": \"v1.2.0\"}]}",
        "a/b 1.2.0 1",
    ),
    (
        "mix.lock",
        "%{\n  \"ecto\": {:hex, :ecto, \"3.11.1\", \"ab\"},\n}\n",
        "ecto 3.11.1 2",
    ),
    (
        "pom.xml",
        "<project><properties><v>5.3.1</v></properties>\n<dependency>\n<groupId>g</groupId>\n<artifactId>a</artifactId>\n<version>${v}</version>\n</dependency></project>\n",
        "g:a 5.3.1 5",
    ),
    (
        "build.gradle.kts",
        "implementation(\"org.x:lib:1.2.3\")\n",
        "org.x:lib 1.2.3 1",
    ),
    (
        "gradle.lockfile",
        "org.x:lib:1.2.3=runtimeClasspath\n",
        "org.x:lib 1.2.3 1",
    ),
    (
        "gradle/libs.versions.toml",
        "[versions]\nkotlin = \"1.9.0\"\n",
        "kotlin 1.9.0 2",
    ),
    (
        "src/App.csproj",
        "<PackageReference Include=\"Npgsql\" Version=\"8.0.1\" />\n",
        "Npgsql 8.0.1 1",
    ),
    (
        "packages.lock.json",
        "{\"dependencies\": {\"net8.0\": {\"Npgsql\": {\"resolved\": \"8.0.1\"}}}}",
        "Npgsql 8.0.1 1",
    ),
    (
        "pubspec.lock",
        "packages:\n  http:\n    version: \"1.1.0\"\n",
        "http 1.1.0 3",
    ),
];

#[test]
fn every_format_gives_names_versions_and_lines() {
    for &(path, text, wanted) in FORMATS {
        assert_eq!(read(path, text), [wanted], "{path}");
    }
}

#[test]
fn tables_of_toml_are_read_in_every_form() {
    let cargo = "[package]\nname = \"jam\"\nversion = \"9.0.0\"\n\n[dependencies]\nserde.version = \"1.0\"\n# old = \"3\"\njar = { path = \"../jar\" }\nlid = { workspace = true }\nwax = { git = \"https://example.org/wax\", tag = \"v2.1\" }\nother = { version = \"4\", package = \"label\" }\n\n[target.'cfg(unix)'.dependencies.nix]\nversion = \"0.29\"\nfeatures = [\n  \"fs\",\n]\n\n[workspace.dependencies]\nglass = { features = [\"x\"], version = \"7\" }\n\n[features]\ndefault = []\n";
    assert_eq!(
        read("Cargo.toml", cargo),
        [
            "glass 7 20",
            "label 4 11",
            "lid  9",
            "nix 0.29 14",
            "serde 1.0 6",
            "wax 2.1 10",
        ]
    );
    let python = "[build-system]\nrequires = [\"hatchling>=1.2\"]\n[project]\nname = \"jam\"\nversion = \"9\"\nrequires-python = \">=3.11\"\nkeywords = [\"lid>=3\"]\ndependencies = [\"flask[async] <4,>=3.0\", # \"old==1\"\n  \"click\", 'wax ; python_version >= \"3\"']\n[project.optional-dependencies]\npg = [\"psycopg==3.1\"]\n[dependency-groups]\ndev = [\"pytest~=8.1\", {include-group = \"docs\"}]\n[tool.poetry.group.dev.dependencies]\nruff = \"^0.4\"\nglass = [{version = \"2\", python = \"<3\"}]\nown = {path = \"../own\"}\n[tool.setuptools.dynamic]\ndependencies = {file = [\"requirements.txt\"]}\n";
    assert_eq!(
        read("pyproject.toml", python),
        [
            "click  9",
            "flask 3.0 8",
            "glass 2 16",
            "hatchling 1.2 2",
            "psycopg 3.1 11",
            "pytest 8.1 13",
            "ruff ^0.4 15",
            "wax  9",
        ]
    );
    assert_eq!(
        read(
            "Pipfile",
            "[[source]]\nname = \"pypi\"\n[packages]\nflask = \"==3.0\"\njam = {version = \">=1\"}\n"
        ),
        ["flask ==3.0 4", "jam >=1 5"]
    );
    assert_eq!(
        read(
            "poetry.lock",
            "[[package]]\nversion = \"3.0\"\nname = \"flask\"\n[package.dependencies]\nversion = \"9\"\n[metadata]\nlock-version = \"2.0\"\n"
        ),
        ["flask 3.0 2"]
    );
}

#[test]
fn a_version_catalog_is_one_line_a_version() {
    let text = "[versions]\nlucene = \"9.4.0\"\nslf4j = { strictly = \"[1.7, 1.8[\", prefer = \"1.7.25\" }\n[libraries]\ncore = { module = \"org.apache.lucene:lucene-core\", version.ref = \"lucene\" }\nmore = { group = \"org.apache.lucene\", name = \"lucene-join\", version = { ref = \"lucene\" } }\nown = { module = \"org.x:own\", version = \"2\" }\nshort = \"org.x:short:3\"\nmanaged = { module = \"org.x:managed\" }\n[plugins]\nshadow = \"com.example.shadow:8.1\"\n[bundles]\nall = [\"core\"]\n";
    assert_eq!(
        read("gradle/libs.versions.toml", text),
        [
            "com.example.shadow 8.1 11",
            "lucene 9.4.0 2",
            "org.x:managed  9",
            "org.x:own 2 7",
            "org.x:short 3 8",
            "slf4j 1.7.25 3",
        ]
    );
    let found = ManifestFormat::VersionCatalog.read(text).unwrap();
    assert_eq!(
        found["lucene"].packages,
        [
            "org.apache.lucene:lucene-core",
            "org.apache.lucene:lucene-join"
        ]
    );
}

#[test]
fn elements_of_xml_are_read_wherever_they_stand() {
    let project = "<Project>\n<PropertyGroup><Version>9</Version><Npgsql>8.0.1</Npgsql></PropertyGroup>\n<!-- <PackageReference Include=\"Old\" Version=\"1\" /> -->\n<ItemGroup><PackageReference Include=\"Npgsql\"><PrivateAssets>all</PrivateAssets><Version>$(Npgsql)</Version></PackageReference>\n<PackageReference\n  Version='2.0'\n  Include='Jam' />\n<PackageReference Include=\"Managed\" />\n<ProjectReference Include=\"../Own/Own.csproj\" /></ItemGroup></Project>\n";
    assert_eq!(
        read("App.csproj", project),
        ["Jam 2.0 5", "Managed  8", "Npgsql 8.0.1 4"]
    );
    assert_eq!(
        read(
            "Directory.Packages.props",
            "<Project><ItemGroup>\n<PackageVersion Include=\"Jam\" Version=\"2.0\" />\n<GlobalPackageReference Include=\"Lid\" Version=\"3.0\" /></ItemGroup></Project>"
        ),
        ["Jam 2.0 2", "Lid 3.0 3"]
    );
    assert_eq!(
        read(
            "packages.config",
            "<?xml version=\"1.0\"?>\n<packages>\n<package id=\"Jam\" targetFramework=\"net48\" version=\"2.0\" /></packages>"
        ),
        ["Jam 2.0 3"]
    );
    // a list of versions that is imported, a parent, a property that names a property; no version
    // of the program itself
    let pom = "<project xmlns=\"http://maven.apache.org/POM/4.0.0\"><parent><groupId>g</groupId><artifactId>parent</artifactId><version>3.1</version></parent>\n<groupId>g</groupId><artifactId>own</artifactId><version>9</version>\n<properties><a>${b}</a><b>2.0</b></properties>\n<dependencyManagement><dependencies><dependency><groupId>g</groupId><artifactId>bom</artifactId>\n<version>${a}</version><type>pom</type><scope>import</scope></dependency></dependencies></dependencyManagement>\n<dependencies><dependency><artifactId>managed</artifactId><groupId>g</groupId><exclusions><exclusion><groupId>x</groupId><artifactId>y</artifactId></exclusion></exclusions></dependency></dependencies></project>";
    assert_eq!(
        read("pom.xml", pom),
        ["g:bom 2.0 5", "g:managed  6", "g:parent 3.1 1"]
    );
}

#[test]
fn programs_that_list_libraries_are_read() {
    let gradle = "plugins {\n  id 'org.example.boot' version '3.1.0'\n  id(\"war\")\n}\ngroup = 'own'\nversion = '9'\next.lidVersion = '4.2'\ndependencies {\n  implementation group: 'org.x', name: 'jar', version: '1.5'\n  implementation(group = \"org.x\", name = \"lid\", version = lidVersion)\n  implementation \"org.x:wax:$lidVersion\"\n  implementation \"org.x:open:${far}\"\n  // implementation 'org.x:gone:1'\n  /* implementation 'org.x:gone:2' */\n  exclude group: 'org.x', module: 'none'\n}\n";
    assert_eq!(
        read("build.gradle", gradle),
        [
            "org.example.boot 3.1.0 2",
            "org.x:jar 1.5 9",
            "org.x:lid 4.2 10",
            "org.x:open ${far} 12",
            "org.x:wax 4.2 11",
        ]
    );
    let mix = "defp deps do\n  [\n    {:ecto, \"~> 3.11\"},\n    # {:old, \"~> 1.0\"},\n    {:jam, git: \"https://example.org/jam\", tag: \"v2.0\"},\n    {:own, path: \"../own\"},\n    {:lid, \"~> 1.2\", only: :dev}\n  ]\nend\n";
    assert_eq!(
        read("mix.exs", mix),
        ["ecto ~> 3.11 3", "jam 2.0 5", "lid ~> 1.2 7"]
    );
    let pods = "platform :ios, '15.0'\ntarget 'Jam' do\n  pod 'Realm', '~> 10.1'\n  # pod 'Old', '1.0'\n  pod 'Lid'\nend\n";
    assert_eq!(read("Podfile", pods), ["Lid  5", "Realm ~> 10.1 3"]);
}

#[test]
fn manifests_of_applications_are_read() {
    let pubspec = "name: jam\nversion: 9.0.0\nenvironment:\n  sdk: '>=3.0.0'\ndependencies:\n  hive: ^2.2.3 # old: 1\n  flutter:\n    sdk: flutter\n  lid:\n    git:\n      url: https://example.org/lid\n      ref: v1.2\ndev_dependencies:\n  wax: any\n";
    assert_eq!(
        read("pubspec.yaml", pubspec),
        ["flutter  7", "hive ^2.2.3 6", "lid 1.2 12", "wax any 14"]
    );
    let pods = "PODS:\n  - Realm (10.1.0):\n    - Realm/Headers (= 10.1.0)\n  - Lid (1.2)\n\nDEPENDENCIES:\n  - Realm (~> 10.1)\n";
    assert_eq!(read("Podfile.lock", pods), ["Lid 1.2 4", "Realm 10.1.0 2"]);
    let swift = "{\"pins\": [{\"identity\": \"jam\",\n\"state\": {\"revision\": \"ab\", \"version\": \"1.2.0\"}}], \"version\": 2}";
    assert_eq!(read("Package.resolved", swift), ["jam 1.2.0 2"]);
    let swift = "{\"object\": {\"pins\": [{\"package\": \"jam\", \"state\": {\"branch\": null, \"version\": \"1.2.0\"}}]}}";
    assert_eq!(read("Package.resolved", swift), ["jam 1.2.0 1"]);
}

#[test]
fn a_broken_manifest_is_an_error_and_one_without_libraries_is_none() {
    for (path, text) in [
        ("Cargo.toml", "[dependencies]\nserde = \"1\n"),
        ("Cargo.lock", "<<<<<<< ours\n[[package]]\n"),
        ("pyproject.toml", "[project\n"),
        ("gradle/libs.versions.toml", "a = 1\na = 2\n"),
        ("pom.xml", "<project><dependency></project>"),
        ("App.csproj", "<Project>\n<<<<<<< ours\n</Project>"),
        ("package.json", "{\"dependencies\": "),
        ("composer.lock", "[1, 2]"),
        ("pubspec.yaml", "dependencies:\n  - a: [\n"),
    ] {
        assert!(is_broken(path, text), "{path}");
    }
    for (path, text) in [
        ("Cargo.toml", "[package]\nname = \"x\"\n"),
        ("pyproject.toml", ""),
        ("pom.xml", "<project/>"),
        ("App.csproj", "<Project></Project>"),
        ("package.json", "{}"),
        ("yarn.lock", "}{ \u{fffd} <<< name = \n\n@:\n"),
        ("go.mod", "}{ \u{fffd} <<< name = \n\n@:\n"),
        ("build.gradle", "}{ \u{fffd} <<< name = \n\n'"),
    ] {
        assert!(read(path, text).is_empty(), "{path}");
    }
    assert!(ManifestFormat::of("README.md").is_none());
}

#[test]
fn hostile_texts_end_soon() {
    for (path, text) in [
        ("Cargo.toml", format!("x = {}", "[".repeat(100_000))),
        ("Cargo.toml", format!("[{}a]", "a.".repeat(100_000))),
        ("Cargo.toml", "[[a.b]]\n".repeat(100_000)),
        ("Cargo.toml", format!("x = [{}]", "1,".repeat(1_000_000))),
        ("pom.xml", "<a>".repeat(100_000)),
        ("build.gradle", "group: 'a', ".repeat(100_000)),
        ("mix.exs", "{:a, ".repeat(100_000)),
    ] {
        let _ = ManifestFormat::of(path).unwrap().read(&text);
    }
}
