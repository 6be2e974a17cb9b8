//! How program text of each language is cut into words: comments, quotes and keywords.

use text_scan::{Lexicon, LexiconRules, LineComment, Quote};

/// What is a comment, a quote and a keyword in one language.
#[derive(Debug, PartialEq, Eq)]
pub struct Language {
    /// Comments, quotes, words and numbers.
    pub lexicon: Lexicon,
    /// Keywords, between blanks.
    pub words: &'static str,
    /// Keywords count in any case.
    pub any_case: bool,
    /// A word that begins a line and is followed by `:` or `=` names something, and so does a
    /// quoted one before `:`.
    pub keys: bool,
    /// What is named holds values, and prose: a keyword counts as a value, not inside of a
    /// sentence.
    pub prose: bool,
    /// Names of tags behind `<` are keywords.
    pub tags: bool,
}

const DOUBLE: Quote = Quote::short("\"");
const SINGLE: Quote = Quote::short("'");
const TICKS: Quote = Quote::long("`");
const RAW_TICKS: Quote = TICKS.plain();
const THREE_DOUBLE: Quote = Quote::long("\"\"\"");
const THREE_SINGLE: Quote = Quote::long("'''");
const BLOCK: &[(&str, &str)] = &[("/*", "*/")];
const MARKUP: &[(&str, &str)] = &[("<!--", "-->")];
const HASH: &[LineComment] = &[LineComment::anywhere("#")];
const HASH_APART: &[LineComment] = &[LineComment::apart("#")];

/// Words are written with these as well where settings and tags are named.
const DASHED: &str = "_-.";

/// What most are made from: comments and quotes as in C.
const BRACES: LexiconRules = LexiconRules {
    line_comments: &[LineComment::anywhere("//")],
    block_comments: BLOCK,
    quotes: &[DOUBLE],
    characters: true,
    word_start: "_@#",
    ..LexiconRules::PLAIN
};

/// The same where a single quote may hold more than one character.
const SCRIPTS: LexiconRules = LexiconRules {
    quotes: &[DOUBLE, SINGLE],
    characters: false,
    ..BRACES
};

/// Comments from a hash to the end of the line.
const HASHES: LexiconRules = LexiconRules {
    line_comments: HASH,
    block_comments: &[],
    ..SCRIPTS
};

/// A language of programs.
const fn program(rules: LexiconRules, words: &'static str) -> Language {
    Language {
        lexicon: Lexicon::new(rules),
        words,
        any_case: false,
        keys: false,
        prose: false,
        tags: false,
    }
}

/// A language in which settings are named.
const fn settings(rules: LexiconRules, words: &'static str) -> Language {
    Language {
        keys: true,
        ..program(
            LexiconRules {
                word_more: DASHED,
                ..rules
            },
            words,
        )
    }
}

/// The same, with prose for values.
const fn prose(rules: LexiconRules, words: &'static str) -> Language {
    Language {
        prose: true,
        ..settings(rules, words)
    }
}

static JVM: Language = program(
    LexiconRules {
        quotes: &[THREE_DOUBLE, DOUBLE],
        ..BRACES
    },
    "abstract as assert boolean break byte by case catch char class companion const \
            continue data def default do double else enum extends false final finally float for \
            fun given if implements import in instanceof int interface internal is lateinit lazy \
            long match native new null object open operator out override package permits private \
            protected public record return sealed short static super suspend switch synchronized \
            this throw throws trait transient true try type val var void volatile when where \
            while with yield",
);

static SCRIPT: Language = program(
    LexiconRules {
        quotes: &[DOUBLE, SINGLE, TICKS],
        ..SCRIPTS
    },
    "abstract any as async await boolean break case catch class const continue debugger \
            declare default delete do else enum export extends false finally for from function \
            get if implements import in instanceof interface keyof let namespace never new null \
            number of private protected public readonly return satisfies set static string super \
            switch this throw true try type typeof undefined unknown var void while yield",
);

static C_FAMILY: Language = program(
    BRACES,
    "abstract async auto await base bool break byte case catch char class const constexpr \
            continue decimal default delegate delete do double else enum event explicit extern \
            false final float for foreach friend get goto if implicit in init inline int \
            interface internal is lock long namespace new null nullptr object operator out \
            override private protected public readonly record ref return sealed set short signed \
            sizeof static string struct switch template this throw true try typedef typename \
            union unsigned using var virtual void volatile when where while yield #define #elif \
            #else #endif #if #ifdef #ifndef #include #pragma",
);

static GO: Language = program(
    LexiconRules {
        quotes: &[DOUBLE, RAW_TICKS],
        ..BRACES
    },
    "any bool break byte case chan const continue default defer else error fallthrough \
            false float32 float64 for func go goto if import int int32 int64 interface iota map \
            nil package range return rune select string struct switch true type uint uint32 \
            uint64 var",
);

static RUST: Language = program(
    LexiconRules {
        raw_strings: true,
        ..BRACES
    },
    "as async await bool break const continue crate dyn else enum extern false fn for if \
            impl in let loop macro_rules match mod move mut pub ref return Self self static \
            struct super trait true type union unsafe use where while",
);

static MOBILE: Language = program(
    LexiconRules {
        quotes: &[THREE_DOUBLE, THREE_SINGLE, DOUBLE, SINGLE],
        ..SCRIPTS
    },
    "abstract actor any as associatedtype async await base bool break case catch class \
            const continue covariant default defer deinit do dynamic else enum export extends \
            extension factory false fileprivate final finally for func get guard if implements \
            import in init inout int interface internal is late let library mixin mutating new \
            nil null on open operator override part private protocol public repeat required \
            rethrow return self set static struct super switch this throw throws true try \
            typealias typedef var void weak where while with yield",
);

static PHP: Language = program(
    LexiconRules {
        line_comments: &[LineComment::anywhere("//"), LineComment::anywhere("#")],
        quotes: &[Quote::long("\""), Quote::long("'")],
        ..SCRIPTS
    },
    "abstract and array as bool break callable case catch class clone const continue \
            declare default do echo else elseif empty enum extends false final finally float fn \
            for foreach function global if implements include instanceof int interface isset \
            match mixed namespace new null or print private protected public readonly require \
            require_once return self static string switch this throw trait true try unset use \
            var void while yield",
);

static PROTO: Language = program(
    SCRIPTS,
    "bool bytes double enum extend extensions false fixed32 fixed64 float import int32 \
            int64 map message oneof option optional package public repeated required reserved \
            returns rpc service sfixed32 sfixed64 sint32 sint64 stream string syntax to true \
            uint32 uint64 enum const exception struct throws typedef union void namespace list \
            set include i16 i32 i64",
);

static STYLE: Language = settings(
    SCRIPTS,
    "@charset @container @extend @font-face @forward @import @include @keyframes @layer \
            @media @mixin @supports @use important",
);

static JSON: Language = settings(
    LexiconRules {
        quotes: &[DOUBLE],
        ..SCRIPTS
    },
    "true false null",
);

static TERRAFORM: Language = settings(
    LexiconRules {
        line_comments: &[LineComment::anywhere("#"), LineComment::anywhere("//")],
        quotes: &[DOUBLE],
        ..SCRIPTS
    },
    "data dynamic each else endif false for for_each if in import lifecycle local locals \
            module moved null output provider removed resource self terraform true var variable",
);

static GRAPHQL: Language = program(
    LexiconRules {
        quotes: &[THREE_DOUBLE, DOUBLE],
        ..HASHES
    },
    "directive enum extend false fragment implements input interface mutation null on \
            query repeatable scalar schema subscription true type union",
);

static PYTHON: Language = program(
    LexiconRules {
        quotes: &[THREE_DOUBLE, THREE_SINGLE, DOUBLE, SINGLE],
        ..HASHES
    },
    "and as assert async await break case class continue def del elif else except False \
            finally for from global if import in is lambda match None nonlocal not or pass raise \
            return self True try while with yield load",
);

static RUBY: Language = program(
    LexiconRules {
        block_comments: &[("=begin", "=end")],
        ..HASHES
    },
    "alias and begin break case class def defined do else elsif end ensure extend false \
            for if in include module next nil not or private protected public raise redo require \
            rescue retry return self super then true undef unless until when while yield",
);

static ELIXIR: Language = program(
    LexiconRules {
        quotes: &[THREE_DOUBLE, THREE_SINGLE, DOUBLE, SINGLE],
        ..HASHES
    },
    "after alias and case catch cond def defmacro defmodule defp defstruct do else end \
            false fn for if import in nil not or quote raise receive require rescue super true \
            try unless unquote use when with @doc @moduledoc @spec @type",
);

static SHELL: Language = program(
    LexiconRules {
        line_comments: HASH_APART,
        quotes: &[Quote::long("\""), Quote::long("'").plain()],
        ..HASHES
    },
    "break case continue declare do done elif else esac eval exec exit export false fi for \
            function if in local readonly return select set shift source then trap true unset \
            until while ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL RUN SHELL \
            USER VOLUME WORKDIR AS",
);

static KEYED: Language = prose(
    LexiconRules {
        line_comments: &[LineComment::apart("#"), LineComment::apart(";")],
        quotes: &[THREE_DOUBLE, DOUBLE, SINGLE],
        ..HASHES
    },
    "true false null yes no on off True False",
);

static YAML: Language = prose(
    LexiconRules {
        line_comments: HASH_APART,
        quotes: &[DOUBLE, SINGLE.plain()],
        ..HASHES
    },
    "true false null yes no on off True False",
);

static SQL: Language = Language {
    any_case: true,
    ..program(
        LexiconRules {
            line_comments: &[LineComment::anywhere("--"), LineComment::anywhere("#")],
            quotes: &[Quote::long("'").plain(), DOUBLE.plain(), RAW_TICKS],
            ..SCRIPTS
        },
        "add after all alter analyze and any array as asc auto_increment before begin between \
            bigint bigserial boolean by cascade case cast change char character check coalesce \
            collate column comment commit concurrently constraint create cross current_timestamp \
            database date decimal default deferrable delete desc distinct do double drop each else \
            end enum exclude execute exists explain extension false fetch first for foreign from \
            full function generated grant group having identity if in index inner insert int \
            integer interval into is join json jsonb key last left like limit lock materialized \
            modify not null numeric of offset on only or order outer over partition perform \
            primary \
            procedure raise references rename replace restrict returning returns revoke right \
            rollback row schema select sequence serial set smallint start table temporary text \
            then time timestamp timestamptz to transaction trigger true truncate type union unique \
            unlogged update using uuid valid validate values varchar varying view when where \
            window with without",
    )
};

static XML: Language = Language {
    tags: true,
    ..program(
        LexiconRules {
            line_comments: &[],
            block_comments: MARKUP,
            word_more: DASHED,
            ..SCRIPTS
        },
        "",
    )
};

static LUA: Language = program(
    LexiconRules {
        line_comments: &[LineComment::anywhere("--")],
        block_comments: &[("--[[", "]]"), ("{-", "-}")],
        ..BRACES
    },
    "and break case class data deriving do else elseif end false for function if import in \
            instance let local module newtype nil not of or repeat return then true type until \
            where while",
);

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
