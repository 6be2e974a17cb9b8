//! How program text of each language is cut into words: comments, quotes and keywords.

/// A quote: what opens it, what closes it, and how far it may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quote {
    /// What opens it.
    pub open: &'static str,
    /// What closes it.
    pub close: &'static str,
    /// It may go on in the next line.
    pub long: bool,
    /// A backslash takes the meaning of what follows.
    pub escapes: bool,
}

/// What is a comment, a quote and a keyword in one language.
#[derive(Debug, PartialEq, Eq)]
pub struct Language {
    /// Up to the end of the line.
    pub line_comments: &'static [&'static str],
    /// A line comment counts only at the beginning or behind a blank, as in a shell.
    pub apart: bool,
    /// Open and close.
    pub comments: &'static [(&'static str, &'static str)],
    /// Longer ones first.
    pub quotes: &'static [Quote],
    /// A single quote holds one character only, and may stand for something else.
    pub characters: bool,
    /// Keywords, between blanks.
    pub words: &'static str,
    /// Keywords count in any case.
    pub any_case: bool,
    /// A word that begins a line and is followed by `:` or `=` names something, and so does a
    /// quoted one before `:`.
    pub keys: bool,
    /// Names of tags behind `<` are keywords.
    pub tags: bool,
}

const fn quote(open: &'static str, close: &'static str, long: bool, escapes: bool) -> Quote {
    Quote {
        open,
        close,
        long,
        escapes,
    }
}

const DOUBLE: Quote = quote("\"", "\"", false, true);
const SINGLE: Quote = quote("'", "'", false, true);
const TICKS: Quote = quote("`", "`", true, true);
const RAW_TICKS: Quote = quote("`", "`", true, false);
const THREE_DOUBLE: Quote = quote("\"\"\"", "\"\"\"", true, true);
const THREE_SINGLE: Quote = quote("'''", "'''", true, true);
const BLOCK: &[(&str, &str)] = &[("/*", "*/")];
const MARKUP: &[(&str, &str)] = &[("<!--", "-->")];

/// What most are made from: comments and quotes as in C.
const BRACES: Language = Language {
    line_comments: &["//"],
    apart: false,
    comments: BLOCK,
    quotes: &[DOUBLE],
    characters: true,
    words: "",
    any_case: false,
    keys: false,
    tags: false,
};

/// Comments from a hash to the end of the line.
const HASHES: Language = Language {
    line_comments: &["#"],
    apart: true,
    comments: &[],
    quotes: &[DOUBLE, SINGLE],
    characters: false,
    words: "",
    any_case: false,
    keys: false,
    tags: false,
};

static JVM: Language = Language {
    quotes: &[THREE_DOUBLE, DOUBLE],
    words: "abstract as assert boolean break byte by case catch char class companion const \
            continue data def default do double else enum extends false final finally float for \
            fun given if implements import in instanceof int interface internal is lateinit lazy \
            long match native new null object open operator out override package permits private \
            protected public record return sealed short static super suspend switch synchronized \
            this throw throws trait transient true try type val var void volatile when where \
            while with yield",
    ..BRACES
};

static SCRIPT: Language = Language {
    quotes: &[DOUBLE, SINGLE, TICKS],
    characters: false,
    words: "abstract any as async await boolean break case catch class const continue debugger \
            declare default delete do else enum export extends false finally for from function \
            get if implements import in instanceof interface keyof let namespace never new null \
            number of private protected public readonly return satisfies set static string super \
            switch this throw true try type typeof undefined unknown var void while yield",
    ..BRACES
};

static C_FAMILY: Language = Language {
    words: "abstract async auto await base bool break byte case catch char class const constexpr \
            continue decimal default delegate delete do double else enum event explicit extern \
            false final float for foreach friend get goto if implicit in init inline int \
            interface internal is lock long namespace new null nullptr object operator out \
            override private protected public readonly record ref return sealed set short signed \
            sizeof static string struct switch template this throw true try typedef typename \
            union unsigned using var virtual void volatile when where while yield #define #elif \
            #else #endif #if #ifdef #ifndef #include #pragma",
    ..BRACES
};

static GO: Language = Language {
    quotes: &[DOUBLE, RAW_TICKS],
    words: "any bool break byte case chan const continue default defer else error fallthrough \
            false float32 float64 for func go goto if import int int32 int64 interface iota map \
            nil package range return rune select string struct switch true type uint uint32 \
            uint64 var",
    ..BRACES
};

static RUST: Language = Language {
    words: "as async await bool break const continue crate dyn else enum extern false fn for if \
            impl in let loop macro_rules match mod move mut pub ref return Self self static \
            struct super trait true type union unsafe use where while",
    ..BRACES
};

static MOBILE: Language = Language {
    quotes: &[THREE_DOUBLE, THREE_SINGLE, DOUBLE, SINGLE],
    characters: false,
    words: "abstract actor any as associatedtype async await base bool break case catch class \
            const continue covariant default defer deinit do dynamic else enum export extends \
            extension factory false fileprivate final finally for func get guard if implements \
            import in init inout int interface internal is late let library mixin mutating new \
            nil null on open operator override part private protocol public repeat required \
            rethrow return self set static struct super switch this throw throws true try \
            typealias typedef var void weak where while with yield",
    ..BRACES
};

static PHP: Language = Language {
    line_comments: &["//", "#"],
    quotes: &[quote("\"", "\"", true, true), quote("'", "'", true, true)],
    characters: false,
    words: "abstract and array as bool break callable case catch class clone const continue \
            declare default do echo else elseif empty enum extends false final finally float fn \
            for foreach function global if implements include instanceof int interface isset \
            match mixed namespace new null or print private protected public readonly require \
            require_once return self static string switch this throw trait true try unset use \
            var void while yield",
    ..BRACES
};

static PROTO: Language = Language {
    characters: false,
    quotes: &[DOUBLE, SINGLE],
    words: "bool bytes double enum extend extensions false fixed32 fixed64 float import int32 \
            int64 map message oneof option optional package public repeated required reserved \
            returns rpc service sfixed32 sfixed64 sint32 sint64 stream string syntax to true \
            uint32 uint64 enum const exception struct throws typedef union void namespace list \
            set include i16 i32 i64",
    ..BRACES
};

static STYLE: Language = Language {
    characters: false,
    quotes: &[DOUBLE, SINGLE],
    words: "@charset @container @extend @font-face @forward @import @include @keyframes @layer \
            @media @mixin @supports @use important",
    keys: true,
    ..BRACES
};

static JSON: Language = Language {
    characters: false,
    words: "true false null",
    keys: true,
    ..BRACES
};

static TERRAFORM: Language = Language {
    line_comments: &["#", "//"],
    characters: false,
    words: "data dynamic each else endif false for for_each if in import lifecycle local locals \
            module moved null output provider removed resource self terraform true var variable",
    keys: true,
    ..BRACES
};

static GRAPHQL: Language = Language {
    line_comments: &["#"],
    comments: &[],
    quotes: &[THREE_DOUBLE, DOUBLE],
    characters: false,
    words: "directive enum extend false fragment implements input interface mutation null on \
            query repeatable scalar schema subscription true type union",
    keys: false,
    ..BRACES
};

static PYTHON: Language = Language {
    apart: false,
    quotes: &[THREE_DOUBLE, THREE_SINGLE, DOUBLE, SINGLE],
    words: "and as assert async await break case class continue def del elif else except False \
            finally for from global if import in is lambda match None nonlocal not or pass raise \
            return self True try while with yield load",
    ..HASHES
};

static RUBY: Language = Language {
    apart: false,
    comments: &[("=begin", "=end")],
    words: "alias and begin break case class def defined do else elsif end ensure extend false \
            for if in include module next nil not or private protected public raise redo require \
            rescue retry return self super then true undef unless until when while yield",
    ..HASHES
};

static ELIXIR: Language = Language {
    apart: false,
    quotes: &[THREE_DOUBLE, THREE_SINGLE, DOUBLE, SINGLE],
    words: "after alias and case catch cond def defmacro defmodule defp defstruct do else end \
            false fn for if import in nil not or quote raise receive require rescue super true \
            try unless unquote use when with @doc @moduledoc @spec @type",
    ..HASHES
};

static SHELL: Language = Language {
    quotes: &[quote("\"", "\"", true, true), quote("'", "'", true, false)],
    words: "break case continue declare do done elif else esac eval exec exit export false fi for \
            function if in local readonly return select set shift source then trap true unset \
            until while ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL RUN SHELL \
            USER VOLUME WORKDIR AS",
    ..HASHES
};

static KEYED: Language = Language {
    line_comments: &["#", ";"],
    quotes: &[THREE_DOUBLE, DOUBLE, SINGLE],
    words: "true false null yes no on off True False",
    keys: true,
    ..HASHES
};

static YAML: Language = Language {
    line_comments: &["#"],
    quotes: &[DOUBLE, quote("'", "'", false, false)],
    words: "true false null yes no on off True False",
    keys: true,
    ..HASHES
};

static SQL: Language = Language {
    line_comments: &["--", "#"],
    apart: false,
    comments: BLOCK,
    quotes: &[
        quote("'", "'", true, false),
        quote("\"", "\"", false, false),
        RAW_TICKS,
    ],
    characters: false,
    words: "add after all alter analyze and any array as asc auto_increment before begin between \
            bigint bigserial boolean by cascade case cast change char character check coalesce \
            collate column comment commit concurrently constraint create cross current_timestamp \
            database date decimal default deferrable delete desc distinct do double drop each else \
            end enum exclude execute exists explain extension false fetch first for foreign from \
            full function generated grant group having identity if in index inner insert int \
            integer interval into is join json jsonb key last left like limit lock materialized \
            modify not null numeric of offset on only or order outer over partition perform primary \
            procedure raise references rename replace restrict returning returns revoke right \
            rollback row schema select sequence serial set smallint start table temporary text \
            then time timestamp timestamptz to transaction trigger true truncate type union unique \
            unlogged update using uuid valid validate values varchar varying view when where \
            window with without",
    any_case: true,
    keys: false,
    tags: false,
};

static XML: Language = Language {
    line_comments: &[],
    comments: MARKUP,
    quotes: &[DOUBLE, SINGLE],
    characters: false,
    tags: true,
    ..BRACES
};

static LUA: Language = Language {
    line_comments: &["--"],
    comments: &[("--[[", "]]"), ("{-", "-}")],
    quotes: &[DOUBLE],
    characters: true,
    words: "and break case class data deriving do else elseif end false for function if import in \
            instance let local module newtype nil not of or repeat return then true type until \
            where while",
    ..BRACES
};

/// The language of a file, by its name.
pub fn find_language(path: &str) -> Option<&'static Language> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let lower = name.to_ascii_lowercase();
    match lower.as_str() {
        "dockerfile" | "containerfile" | "makefile" | "justfile" | "procfile" => {
            return Some(&SHELL);
        }
        "gemfile" | "rakefile" | "podfile" | "fastfile" => return Some(&RUBY),
        "jenkinsfile" => return Some(&JVM),
        "cargo.lock" | "poetry.lock" | "pipfile" | ".editorconfig" => return Some(&KEYED),
        _ => {}
    }
    if lower.starts_with("dockerfile.") || lower.starts_with(".env") {
        return Some(&SHELL);
    }
    let ending = lower.rsplit_once('.')?.1;
    Some(match ending {
        "java" | "kt" | "kts" | "scala" | "sc" | "groovy" | "gradle" => &JVM,
        "js" | "jsx" | "mjs" | "cjs" | "ts" | "tsx" | "mts" | "cts" => &SCRIPT,
        "c" | "h" | "cc" | "cpp" | "cxx" | "hpp" | "hh" | "cs" | "m" | "mm" => &C_FAMILY,
        "go" => &GO,
        "rs" => &RUST,
        "swift" | "dart" => &MOBILE,
        "php" => &PHP,
        "proto" | "thrift" | "avdl" | "prisma" => &PROTO,
        "css" | "scss" | "sass" | "less" => &STYLE,
        "json" | "jsonc" | "json5" | "avsc" | "webmanifest" => &JSON,
        "tf" | "tfvars" | "hcl" | "bicep" => &TERRAFORM,
        "graphql" | "graphqls" | "gql" => &GRAPHQL,
        "py" | "pyi" | "bzl" | "star" | "tiltfile" => &PYTHON,
        "rb" | "rake" | "gemspec" => &RUBY,
        "ex" | "exs" => &ELIXIR,
        "sh" | "bash" | "zsh" | "fish" | "dockerfile" | "mk" => &SHELL,
        "toml" | "ini" | "cfg" | "conf" | "properties" | "service" => &KEYED,
        "yaml" | "yml" => &YAML,
        "sql" | "psql" | "ddl" | "cql" => &SQL,
        "xml" | "html" | "htm" | "vue" | "svelte" | "xhtml" | "svg" | "xsd" | "csproj" | "pom"
        | "erb" | "heex" | "eex" | "resx" | "plist" => &XML,
        "lua" | "hs" | "elm" => &LUA,
        _ => return None,
    })
}
