use super::*;

fn read(path: &str, text: &str) -> Vec<String> {
    ManifestFormat::of(path)
        .unwrap()
        .read(text)
        .iter()
        .map(|(name, library)| format!("{name} {} {}", library.version, library.line))
        .collect()
}

#[test]
fn every_format_gives_names_versions_and_lines() {
    for (path, text, wanted) in [
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
            "<!--\n<dependency>\n<groupId>x</groupId>\n<artifactId>y</artifactId>\n<version>1</version>\n-->\n<dependency>\n<groupId>g</groupId>\n<artifactId>a</artifactId>\n<version>2</version>\n",
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
            "<properties><v>5.3.1</v></properties>\n<dependency>\n<groupId>g</groupId>\n<artifactId>a</artifactId>\n<version>${v}</version>\n",
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
    ] {
        assert_eq!(read(path, text), [wanted], "{path}");
    }
}

#[test]
fn nonsense_gives_nothing() {
    for path in [
        "Cargo.lock",
        "package-lock.json",
        "yarn.lock",
        "pom.xml",
        "go.mod",
        "composer.lock",
    ] {
        assert!(
            read(path, "}{ \u{fffd} <<< name = \n\n@:\n").is_empty(),
            "{path}"
        );
    }
    assert!(ManifestFormat::of("README.md").is_none());
}
