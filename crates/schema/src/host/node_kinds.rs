//! Kinds of nodes of all grammars that mean the same here.

/// Definitions of functions and methods.
pub const FUNCTIONS: [&str; 10] = [
    "function_definition",
    "method",
    "singleton_method",
    "method_definition",
    "function_declaration",
    "method_declaration",
    "local_function_statement",
    "generator_function_declaration",
    "public_field_definition",
    "function_item",
];

/// Functions without a name, and blocks.
pub const CLOSURES: [&str; 13] = [
    "arrow_function",
    "function_expression",
    "function",
    "anonymous_function",
    "anonymous_function_creation_expression",
    "lambda_expression",
    "anonymous_method_expression",
    "do_block",
    "block",
    "lambda",
    "generator_function",
    "anonymous_function_use_clause",
    "closure_expression",
];

/// What runs only sometimes.
pub const CONDITIONS: [&str; 32] = [
    "if_statement",
    "elif_clause",
    "else_clause",
    "for_statement",
    "while_statement",
    "except_clause",
    "if",
    "unless",
    "elsif",
    "else",
    "while",
    "until",
    "for",
    "rescue",
    "case",
    "when",
    "if_modifier",
    "unless_modifier",
    "conditional",
    "foreach_statement",
    "for_in_statement",
    "switch_statement",
    "catch_clause",
    "for_each_statement",
    "conditional_expression",
    "match_expression",
    "ternary_expression",
    "do_statement",
    "if_expression",
    "for_expression",
    "while_expression",
    "match_arm",
];

/// Strings of every form.
pub const STRINGS: [&str; 14] = [
    "string",
    "concatenated_string",
    "template_string",
    "encapsed_string",
    "heredoc",
    "nowdoc",
    "string_literal",
    "verbatim_string_literal",
    "raw_string_literal",
    "interpolated_string_expression",
    "heredoc_beginning",
    "sigil",
    "string_array",
    "bare_string",
];
