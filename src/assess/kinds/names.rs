//! Extensions and names of files by kind, in small letters.

use std::collections::HashSet;
use std::sync::LazyLock;

pub(super) type Words = LazyLock<HashSet<&'static str>>;

pub(super) fn split_word_set(text: &'static str) -> HashSet<&'static str> {
    text.split_ascii_whitespace().collect()
}

/// Extensions of program text. Template languages that only hold pages are under markup.
pub(super) static CODE: Words = LazyLock::new(|| {
    split_word_set(
        "ada adb ads agda apl asm awk bas bash bat bicepparam c c++ cbl cc cfc cjs cl clj cljc \
            cljs cls cob coffee cpp cr cs csx ctp cts cu cxx d dart dpr e \
         el elm erl es6 ex exs f f90 f95 fish for fs fsi fsx gd go groovy gsp h h++ hh hpp hrl hs \
         hx hxx idr inc ino ipynb java jl js jsx kt kts lhs lisp lua \
         m mjs ml mli mm mts nim pas perl php php3 php5 pl pm ps1 psd1 psm1 py pyi pyw pyx r rake \
         rb re res resi rkt rs ru s sbt sc scala scm sh sol ss \
         st svelte swift tcl thor ts tsx v vala vb vbs vhd vhdl vue wat wasm wgsl glsl frag vert \
         hlsl xq xquery zig zsh astro cshtml.cs pxd rbi rbs \
         jbuilder builder rabl axlsx prawn rego cue jsonnet libsonnet dhall star bzl",
    )
});

/// Style sheets, images, fonts, sounds and films.
pub(super) static STYLING: Words = LazyLock::new(|| {
    split_word_set(
        "css scss sass less styl stylus pcss postcss tcss svg png jpg jpeg gif webp avif ico icns \
            bmp tif tiff psd ai eps sketch fig xcf woff woff2 ttf otf \
         eot mp3 mp4 webm ogg wav mov m4a lottie cur",
    )
});

/// Templates and pages.
pub(super) static MARKUP: Words = LazyLock::new(|| {
    split_word_set(
        "html htm xhtml erb rhtml haml slim hbs handlebars mustache ejs eta pug jade twig liquid \
            njk nunjucks j2 jinja jinja2 ftl ftlh vm jsp jspx jspf tag \
         cshtml razor aspx ascx master phtml tpl latte eex heex leex gohtml tmpl gotmpl templ dust \
         marko volt xaml axaml storyboard xib mjml po pot mo arb \
         strings stringsdict xliff xlf resx ftd qml ui blp webmanifest mdx",
    )
});

pub(super) const CONFIG: &[&str] = &[
    "env",
    "hjson",
    "jsonc",
    "ini",
    "cfg",
    "conf",
    "config",
    "properties",
    "toml",
    "yaml",
    "yml",
    "hocon",
    "plist",
    "reg",
    "envrc",
    "dotenv",
    "json5",
    "kdl",
    "ron",
    "pkl",
];

pub(super) static PROSE: Words = LazyLock::new(|| {
    split_word_set(
        "md markdown rst adoc asciidoc txt org rdoc textile pod tex pdf docx odt man 1 5 7 8 texi \
            wiki drawio puml plantuml mmd",
    )
});

/// Manifests and lock files, by name.
pub(super) static DEPENDENCY: Words = LazyLock::new(|| {
    split_word_set(
        "cargo.lock cargo.toml package.json package-lock.json npm-shrinkwrap.json yarn.lock \
            pnpm-lock.yaml pnpm-workspace.yaml bun.lock bun.lockb deno.lock \
         lerna.json bower.json .yarnrc.yml .npmrc gemfile gemfile.lock gems.rb gems.locked \
         .ruby-version .node-version .nvmrc .python-version .tool-versions \
         .java-version .php-version go.mod go.sum go.work go.work.sum gopkg.toml gopkg.lock \
         glide.yaml glide.lock vendor/modules.txt pipfile pipfile.lock \
         pyproject.toml poetry.lock uv.lock pdm.lock setup.py setup.cfg environment.yml \
         environment.yaml conda-lock.yml pixi.toml pixi.lock composer.json \
         composer.lock mix.exs mix.lock rebar.config rebar.lock pom.xml build.gradle \
         build.gradle.kts settings.gradle settings.gradle.kts gradle.lockfile \
         gradle.properties libs.versions.toml build.sbt ivy.xml packages.config packages.lock.json \
         directory.packages.props directory.build.props \
         nuget.config global.json paket.dependencies paket.lock project.clj deps.edn shard.yml \
         shard.lock pubspec.yaml pubspec.lock podfile podfile.lock \
         cartfile cartfile.resolved package.swift package.resolved rust-toolchain \
         rust-toolchain.toml stack.yaml stack.yaml.lock cabal.project \
         cabal.project.freeze conanfile.txt conanfile.py conan.lock vcpkg.json flake.nix \
         flake.lock module.bazel module.bazel.lock workspace workspace.bazel workspace.bzlmod \
         elm.json renv.lock \
         cpanfile cpanfile.snapshot opam dub.json dub.sdl rockspec build.zig.zon manifest.toml \
         project.toml requirements.txt constraints.txt runtime.txt \
         .terraform.lock.hcl chart.lock renovate.json dependabot.yml .gitmodules",
    )
});

/// Infrastructure, by name.
pub(super) static INFRASTRUCTURE: Words = LazyLock::new(|| {
    split_word_set(
        "dockerfile containerfile .dockerignore docker-bake.hcl procfile vagrantfile jenkinsfile \
            makefile gnumakefile justfile taskfile.yml taskfile.yaml \
         rakefile cmakelists.txt meson.build build build.bazel earthfile tiltfile skaffold.yaml \
         skaffold.yml kustomization.yaml \
         kustomization.yml chart.yaml helmfile.yaml helmfile.yml serverless.yml serverless.yaml \
         template.yaml samconfig.toml cdk.json pulumi.yaml fly.toml \
         render.yaml railway.json railway.toml vercel.json netlify.toml now.json app.yaml \
         cloudbuild.yaml cloudbuild.yml buildspec.yml appspec.yml azure-pipelines.yml \
          azure-pipelines.yaml bitbucket-pipelines.yml .gitlab-ci.yml .travis.yml appveyor.yml \
          .appveyor.yml .drone.yml .woodpecker.yml \
         .cirrus.yml wercker.yml codefresh.yml circle.yml nginx.conf httpd.conf haproxy.cfg \
         caddyfile ansible.cfg supervisord.conf captain-definition \
         nixpacks.toml gulpfile.js gruntfile.js webpack.config.js webpack.config.ts vite.config.js \
         vite.config.ts rollup.config.js rollup.config.mjs \
         heroku.yml app.json wrangler.toml project.json.deploy octopus.yaml values.yaml values.yml \
         devcontainer.json",
    )
});

/// Settings of people's tools: they neither run nor ship.
pub(super) static TOOLING: Words = LazyLock::new(|| {
    split_word_set(
        ".gitignore .gitattributes .gitkeep .keep .mailmap .editorconfig .prettierrc \
            .prettierignore .eslintrc .eslintignore .stylelintrc .rubocop.yml \
         .rubocop_todo.yml .rspec .pylintrc .flake8 mypy.ini ruff.toml rustfmt.toml .rustfmt.toml \
         clippy.toml .golangci.yml .golangci.yaml tslint.json \
         tsconfig.json jsconfig.json codecov.yml .codecov.yml .pre-commit-config.yaml codeowners \
         .coveragerc phpstan.neon phpcs.xml psalm.xml sonar-project.properties \
          .yamllint .markdownlint.json commitlint.config.js .browserslistrc backout.yaml \
          lefthook.yml .lintstagedrc cspell.json deny.toml \
         .clang-format .clang-tidy checkstyle.xml release-please-config.json .releaserc \
         .git-blame-ignore-revs copying license licence notice unlicense \
         authors maintainers owners version",
    )
});

pub(super) const PROSE_NAMES: &[&str] = &[
    "readme",
    "changelog",
    "changes",
    "history",
    "contributing",
    "code_of_conduct",
    "security",
    "news",
    "todo",
    "governance",
    "upgrading",
    "roadmap",
];
