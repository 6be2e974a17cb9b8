//! Writes of old code that rely on a rule of uniqueness: upserts that name the columns of their
//! target, in SQL and in query builders, and rows that are written unless they are there.

use std::collections::BTreeSet;

use super::super::step::Name;
use super::{LOOKED_AT, PreviousUsage, collect_first_evidence, forms};
use model::{Evidence, Hit};

/// Calls and words behind which the target of an upsert stands, in small letters.
const TARGETS: [&str; 22] = [
    "on conflict",
    "on_conflict(",
    "onconflict(",
    "onconflict{columns:",
    "onconflict::column(",
    "onconflict::columns(",
    "unique_by",
    "conflict_target",
    "conflictfields",
    "conflicttarget",
    "uniqueby",
    "index_elements",
    "update_or_create(",
    "target:",
    "orupdate(",
    "upsert(",
    "upsert_all(",
    "conflictpaths",
    "conflictcolumns",
    "conflict_columns",
    "oncolumns(",
    "updateonduplicate",
];

/// Most bytes behind a sign in which its target stands.
const BEHIND: usize = 300;

/// Calls that write a row unless it is there, in small letters.
const UNLESS_THERE: [&str; 13] = [
    "onconflictdonothing(",
    "insertorignore(",
    "insert_or_ignore",
    "insert_all(",
    "skipduplicates: true",
    "ignoreduplicates: true",
    "ignore_conflicts=true",
    "on_conflict: :nothing",
    "on_conflict_do_nothing(",
    ".orignore()",
    "create_or_find_by",
    "onconflict().ignore(",
    "donothing: true",
];

/// Lines below the name of a table in which such a call may stand.
const BELOW: usize = 6;

/// Lines on which an upsert names exactly these columns as its target.
pub fn find_upserts(text: &str, columns: &[String]) -> Vec<(usize, String)> {
    let wanted: BTreeSet<String> = columns
        .iter()
        .map(|column| column.to_lowercase().replace('_', ""))
        .collect();
    let lower = text.to_lowercase();
    let mut out = Vec::new();
    // a letter changed its length in small letters, so places no longer line up
    if wanted.is_empty() || lower.len() != text.len() {
        return out;
    }
    for sign in TARGETS {
        for (at, _) in lower.match_indices(sign).take(200) {
            let behind: String = lower[at + sign.len()..].chars().take(BEHIND).collect();
            if list_targets(sign, &behind).contains(&wanted) {
                let line = lower[..at].matches('\n').count() + 1;
                let excerpt = text.lines().nth(line - 1).unwrap_or_default();
                out.push((line, excerpt.trim().to_owned()));
            }
        }
    }
    out.sort();
    out.dedup();
    out
}

/// What may be the target behind a sign: each as a set of names without underscores.
fn list_targets(sign: &str, behind: &str) -> Vec<BTreeSet<String>> {
    let mut out = Vec::new();
    let mut add = |part: &str| out.push(list_target_names(part));
    if sign == "on conflict" {
        if let Some(list) = behind.trim_start().strip_prefix('(') {
            add(list.split(')').next().unwrap_or_default());
        }
        return out;
    }
    if sign == "onconflict{columns:" {
        // GORM names each column as a value of its own
        let list = behind.split("}}").next().unwrap_or_default();
        out.push(list_quoted(list));
        return out;
    }
    // Kysely: `onConflict((oc) => oc.column('a'))`
    for call in [".column(", ".columns("] {
        if let Some((_, rest)) = behind.split_once(call) {
            add(rest.split(')').next().unwrap_or_default());
        }
    }
    // Prisma: `upsert({ where: { a } })`
    if let Some((_, rest)) = behind.split_once("where:")
        && sign == "upsert("
    {
        let keys = rest.trim_start().trim_start_matches('{');
        let keys = keys.split('}').next().unwrap_or_default();
        let names: Vec<&str> = keys
            .split(',')
            .map(|pair| pair.split(':').next().unwrap_or_default())
            .collect();
        add(&names.join(","));
    }
    // the first argument, and each list of the call
    let start = behind.trim_start_matches([':', '=', ' ', '>', '\n']);
    add(start
        .split([',', ')', '}', '\n'])
        .next()
        .unwrap_or_default());
    for list in behind.split('[').skip(1).take(4) {
        add(list.split(']').next().unwrap_or_default());
    }
    // `on_conflict((a, b))` of Diesel
    for list in behind.split('(').skip(1).take(2) {
        add(list.split(')').next().unwrap_or_default());
    }
    out
}

/// Names of a list; of `prefs.user_id` and `prefs::user_id` the last part.
fn list_target_names(list: &str) -> BTreeSet<String> {
    list.split([',', ' ', '\n', '{'])
        .map(|name| {
            let name = name.trim_matches(|c: char| !c.is_alphanumeric() && c != '_');
            let name = name.rsplit(['.', ':', '>']).next().unwrap_or(name);
            name.replace('_', "")
        })
        .filter(|name| !name.is_empty())
        .collect()
}

fn list_quoted(list: &str) -> BTreeSet<String> {
    list.split(['"', '\'', '`'])
        .skip(1)
        .step_by(2)
        .map(|name| name.replace('_', ""))
        .collect()
}

impl PreviousUsage<'_> {
    /// Where calls of query builders write rows of the table unless they are there.
    pub(super) fn builders_unless_there(&self, table: &Name) -> Vec<&Hit> {
        let mut out = Vec::new();
        for (hit, _) in self.mentions(table, false).into_iter().take(LOOKED_AT) {
            let Some(program) = self.program(&hit.path) else {
                continue;
            };
            let lines = program
                .text
                .lines()
                .skip(hit.line.saturating_sub(1))
                .take(BELOW);
            let text: String = lines.flat_map(|line| [line, "\n"]).collect();
            let lower = text.to_lowercase();
            let call = UNLESS_THERE.iter().any(|sign| lower.contains(sign));
            // an import or a comment with the word is no call
            if call && forms::rank_hit(hit) < 3 {
                out.push(hit);
            }
        }
        out
    }

    /// Where statements of old code search the texts of the table by words, which needs an index of
    /// its own: over these columns, where the statement names them.
    pub fn searches_by_words(&self, table: &Name, columns: &[String]) -> Vec<Evidence> {
        let wanted: BTreeSet<String> = columns
            .iter()
            .map(|column| column.to_lowercase().replace('_', ""))
            .collect();
        let mut out = Vec::new();
        for (hit, _) in self.mentions(table, false).into_iter().take(LOOKED_AT) {
            let Some(program) = self.program(&hit.path) else {
                continue;
            };
            let lines = program
                .text
                .lines()
                // the call may stand above the name of the table or below it
                .skip(hit.line.saturating_sub(BELOW))
                .take(2 * BELOW);
            let text: String = lines.flat_map(|line| [line, "\n"]).collect();
            let lower = text.to_lowercase();
            let match_of = |lower: &str| {
                let (_, rest) = lower.split_once("match")?;
                let list = rest.trim_start().strip_prefix('(')?;
                lower
                    .contains("against")
                    .then(|| list_target_names(list.split(')').next().unwrap_or_default()))
            };
            let builder = [
                "wherefulltext(",
                "freetext(",
                "freetexttable(",
                "containstable(",
            ];
            let named = builder.iter().any(|call| lower.contains(call))
                && columns
                    .iter()
                    .any(|column| lower.contains(&column.to_lowercase()));
            if match_of(&lower).is_some_and(|named| named == wanted) || named {
                out.push(hit);
            }
        }
        collect_first_evidence(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn upserts_name_their_target() {
        let sql = "INSERT INTO t VALUES (1)\nON CONFLICT (\"documentId\", date) DO UPDATE";
        assert_eq!(
            find_upserts(sql, &["documentId".into(), "date".into()]).len(),
            1
        );
        assert!(find_upserts(sql, &["date".into()]).is_empty());
    }

    #[test]
    fn query_builders_name_their_target() {
        for text in [
            "db.insert(prefs).values(v).onConflictDoUpdate({ target: prefs.userId, set: { body } })",
            "knex('prefs').insert(v).onConflict('user_id').merge()",
            "knex('prefs').insert(v).onConflict(['user_id']).merge()",
            ".onConflict((oc) => oc.column('user_id').doUpdateSet(v))",
            "Pref.upsert_all(rows, unique_by: :user_id, returning: false)",
            "Pref.upsert_all(rows, unique_by: %i[user_id])",
            "Repo.insert(p, on_conflict: :replace_all, conflict_target: :user_id, returning: true)",
            "clause.OnConflict{Columns: []clause.Column{{Name: \"user_id\"}}, UpdateAll: true}",
            "stmt.on_conflict_do_update(index_elements=['user_id'], set_=v)",
            "insert_into(prefs).values(v).on_conflict(prefs::user_id).do_update()",
            "OnConflict::column(prefs::Column::UserId).to_owned()",
            "DB::table('prefs')->upsert($rows, ['user_id'], ['body'])",
            "prisma.prefs.upsert({ where: { userId }, update: {}, create: {} })",
            "dsl.insertInto(PREFS).onConflict(PREFS.USER_ID).doUpdate()",
        ] {
            assert_eq!(find_upserts(text, &["user_id".into()]).len(), 1, "{text}");
        }
        for text in [
            "db.insert(prefs).values(v).onConflictDoUpdate({ target: [prefs.tenant, prefs.userId] })",
            "knex('prefs').insert(v).onConflict(['tenant', 'user_id']).merge()",
            "Pref.where(user_id: 1).update_all(body: 2)",
        ] {
            assert!(find_upserts(text, &["user_id".into()]).is_empty(), "{text}");
        }
    }
}
