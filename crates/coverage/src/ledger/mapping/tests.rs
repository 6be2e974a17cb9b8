use super::*;

fn indexes(path: &str, old: &str, new: &str) -> bool {
    differ_only_in_indexes(
        path,
        (old, new),
        &ChangedLines::between(Some(old), Some(new)),
    )
}

const DJANGO: &str = "from django.db import models\n\n\nclass Jar(models.Model):\n    label = models.CharField(max_length=80)\n";

#[test]
fn an_index_of_a_mapping_is_one_in_each_language() {
    let declared = format!(
        "{DJANGO}\n    class Meta:\n        indexes = [\n            models.Index(\n                fields=[\"label\"],\n                name=\"jar_label\",\n            ),\n        ]\n"
    );
    assert!(indexes("jars/models.py", DJANGO, &declared));
    assert!(indexes("jars/models.py", &declared, DJANGO));
    assert!(indexes(
        "jars/models.py",
        DJANGO,
        &DJANGO.replace("=80", "=80, db_index=True")
    ));
    let old = "import { Column, Entity } from \"typeorm\";\n\n@Entity(\"jars\")\nexport class Jar {\n  @Column()\n  label: string;\n}\n";
    let new = "import { Column, Entity, Index } from \"typeorm\";\n\n@Entity(\"jars\")\nexport class Jar {\n  @Index()\n  @Column()\n  label: string;\n}\n";
    assert!(indexes("src/jar.ts", old, new));
    let old = "import jakarta.persistence.Table;\n@Entity\n@Table(name = \"jars\")\nclass Jar {}\n";
    let new = "import jakarta.persistence.Index;\nimport jakarta.persistence.Table;\n@Entity\n@Table(name = \"jars\", indexes = @Index(name = \"jars_label\", columnList = \"label\"))\nclass Jar {}\n";
    assert!(indexes("Jar.java", old, new));
    let old = "class Pantry : DbContext\n{\n}\n";
    let new = "class Pantry : DbContext\n{\n    protected override void OnModelCreating(ModelBuilder modelBuilder)\n    {\n        modelBuilder.Entity<Jar>().HasIndex(j => j.Label);\n    }\n}\n";
    assert!(indexes("Pantry.cs", old, new));
}

#[test]
fn what_is_more_than_an_index_is_none() {
    let with = |part: &str| DJANGO.replace("=80", part);
    for new in [
        with("=80, unique=True"),
        with("=90, db_index=True"),
        with("=80, db_index=True, null=True"),
        format!("{DJANGO}    weight = models.IntegerField(db_index=True)\n"),
        format!("{DJANGO}    indexes = [models.UniqueConstraint(fields=[\"label\"])]\n"),
    ] {
        assert!(!indexes("jars/models.py", DJANGO, &new), "{new}");
    }
    let old = "class Pantry : DbContext\n{\n}\n";
    let new = "class Pantry : DbContext\n{\n    void OnModelCreating(ModelBuilder modelBuilder)\n    {\n        modelBuilder.Entity<Jar>().HasIndex(j => j.Label).IsUnique();\n    }\n}\n";
    assert!(!indexes("Pantry.cs", old, new));
    // what moves along with an index is more
    let jar = |first: &str, second: &str, index: &str| {
        format!(
            "@Entity\n@Table(name = \"jars\"{index})\nclass Jar {{\n{first}    String label;\n{second}    String code;\n}}\n"
        )
    };
    let column = "    @Column(nullable = false)\n";
    assert!(!indexes(
        "Jar.java",
        &jar(column, "", ""),
        &jar("", column, ", indexes = @Index(columnList = \"code\")")
    ));
    let context = |first: &str, second: &str| {
        format!(
            "class Pantry : DbContext\n{{\n    modelBuilder.Entity<Jar>().HasIndex(j => j.Label){first};\n    modelBuilder.Entity<Jar>().HasIndex(j => j.Code){second};\n}}\n"
        )
    };
    assert!(!indexes(
        "Pantry.cs",
        &context(".IsUnique()", ""),
        &context("", ".IsUnique()")
    ));
    assert!(!indexes(
        "Jar.java",
        "import a.v1.LabelIndex;\n@Entity\n@Table(name = \"jars\")\nclass Jar {}\n",
        "import a.v2.LabelIndex;\n@Entity\n@Table(name = \"jars\", indexes = @Index(columnList = \"code\"))\nclass Jar {}\n"
    ));
    // an argument of that name elsewhere says what is written
    let writes =
        |part: &str| format!("{DJANGO}\n\ndef save(rows):\n    rows.to_sql(\"jars\", con{part})\n");
    assert!(!indexes(
        "jars/models.py",
        &writes(""),
        &writes(", index=True")
    ));
    assert!(!indexes(
        "src/search.js",
        "client.init({ indexes: ['jars'] });\n",
        "client.init({});\n"
    ));
    // a call of that name elsewhere searches a text
    assert!(!indexes(
        "find.go",
        "a := strings.Index(x, y)\n",
        "a := strings.Index(x, z)\n"
    ));
    assert!(!indexes(
        "find.py",
        "a = Index(x, y)\n",
        "a = Index(x, z)\n"
    ));
}

fn mappings(path: &str, old: Option<&str>, new: &str) -> bool {
    adds_only_mappings(
        path,
        (old, Some(new)),
        &ChangedLines::between(old, Some(new)),
    )
}

#[test]
fn a_mapping_that_is_new_stands_alone() {
    let shelf = "\n\nclass Shelf(models.Model):\n    name = models.CharField(max_length=80)\n\n    class Meta:\n        ordering = [\"name\"]\n";
    assert!(mappings(
        "jars/models.py",
        Some(DJANGO),
        &format!("{DJANGO}{shelf}")
    ));
    let alchemy = "Base = declarative_base()\n";
    assert!(mappings(
        "models.py",
        Some(alchemy),
        &format!(
            "{alchemy}\n\nclass Shelf(Base):\n    __tablename__ = \"shelves\"\n    id = Column(Integer, primary_key=True)\n"
        )
    ));
    assert!(mappings(
        "app/models/shelf.rb",
        None,
        "class Shelf < ApplicationRecord\n  validates :name, presence: true\nend\n"
    ));
    assert!(mappings(
        "app/Models/Shelf.php",
        None,
        "<?php\nnamespace App\\Models;\nuse Illuminate\\Database\\Eloquent\\Model;\nclass Shelf extends Model\n{\n    protected $fillable = ['name'];\n}\n"
    ));
}

#[test]
fn what_does_more_than_map_is_looked_at() {
    for (path, old, new) in [
        (
            "jars/models.py",
            Some(DJANGO),
            format!("{DJANGO}    weight = models.IntegerField()\n"),
        ),
        (
            "jars/models.py",
            Some(DJANGO),
            format!(
                "{DJANGO}\n\nclass Shelf(models.Model):\n    def save(self, *args):\n        notify(self)\n"
            ),
        ),
        (
            "jars/models.py",
            Some(DJANGO),
            format!("{DJANGO}\n\nclass ShelfView(View):\n    model = \"shelf\"\n"),
        ),
        (
            "app/models/shelf.rb",
            None,
            "class Shelf < ApplicationRecord\n  after_commit { Bus.send(self) }\nend\n".to_owned(),
        ),
        (
            "app/models/jar.rb",
            Some("class Jar < ApplicationRecord\nend\n"),
            "class Jar < ApplicationRecord\n  belongs_to :shelf\nend\n".to_owned(),
        ),
        (
            "src/Entity/Shelf.php",
            None,
            "<?php\n#[ORM\\Entity, ApiResource]\nclass Shelf\n{\n}\n".to_owned(),
        ),
        (
            "src/Entity/Shelf.php",
            None,
            "<?php\n/** @ApiResource(routePrefix=\"/a\") */\n#[ORM\\Entity]\nclass Shelf\n{\n}\n"
                .to_owned(),
        ),
        (
            "app/Models/Shelf.php",
            None,
            "<?php\nclass Shelf extends Model\n{\n    public function label() { return 1; }\n}\n"
                .to_owned(),
        ),
    ] {
        assert!(!mappings(path, old, &new), "{new}");
    }
}
