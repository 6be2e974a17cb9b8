//! Keys of charts, of compose files and of kustomizations, by what a change of them can do to data.

/// Values that charts take for how the program runs. What is kept, where, and how large it is, is
/// none of them.
pub(super) fn harmless_value(keys: &[String]) -> bool {
    const KEYS: [&str; 43] = [
        "replicas",
        "replicacount",
        "minreplicas",
        "maxreplicas",
        "autoscaling",
        "resources",
        "limits",
        "requests",
        "cpu",
        "memory",
        "image",
        "tag",
        "imagetag",
        "pullpolicy",
        "imagepullpolicy",
        "imagepullsecrets",
        "probe",
        "livenessprobe",
        "readinessprobe",
        "startupprobe",
        "nodeselector",
        "tolerations",
        "affinity",
        "topologyspreadconstraints",
        // whether others still reach the address is asked by the lines of the object itself
        "ingress",
        "service",
        "serviceaccount",
        "annotations",
        "podannotations",
        "labels",
        "podlabels",
        "securitycontext",
        "podsecuritycontext",
        "loglevel",
        "logging",
        "terminationgraceperiodseconds",
        "poddisruptionbudget",
        "metrics",
        "servicemonitor",
        "env",
        "extraenv",
        "priorityclassname",
        "tests",
    ];
    // `persistence.resources` and `image.sizeLimit` are about what is kept, whatever stands below
    let keeps = |key: &String| {
        ["storage", "persist", "volume", "claim", "size"]
            .iter()
            .any(|word| key.to_ascii_lowercase().contains(word))
    };
    let plain = |key: &String| KEYS.contains(&key.to_ascii_lowercase().as_str());
    // one known key is enough: what lies below `resources` is named by the provider as it likes
    !keys.iter().any(keeps) && keys.iter().any(plain)
}

/// Keys of a compose file that say how a service runs, and nothing of what it keeps.
pub(super) fn harmless_of_compose(keys: &[String]) -> bool {
    const KEYS: [&str; 34] = [
        "image",
        "build",
        "ports",
        "expose",
        "environment",
        "env_file",
        "restart",
        "healthcheck",
        "deploy",
        "labels",
        "logging",
        "networks",
        "depends_on",
        "mem_limit",
        "cpus",
        "cap_add",
        "cap_drop",
        "container_name",
        "profiles",
        "init",
        "stop_grace_period",
        "ulimits",
        "extra_hosts",
        "platform",
        "pull_policy",
        "security_opt",
        "read_only",
        "tty",
        "stdin_open",
        "links",
        "dns",
        "user",
        "sysctls",
        "develop",
    ];
    match keys {
        [first, ..]
            if matches!(
                first.as_str(),
                "version" | "networks" | "secrets" | "configs"
            ) || first.starts_with("x-") =>
        {
            true
        }
        [first] => first == "services",
        // the line that names a service
        [first, _] if first == "services" => true,
        [first, _, key, ..] => first == "services" && KEYS.contains(&key.as_str()),
        _ => false,
    }
}

/// What a key of a kustomization may do to what is there.
pub(super) fn of_kustomization(keys: &[String]) -> Option<&'static str> {
    Some(match keys.first().map(String::as_str)? {
        "images" | "replicas" | "commonAnnotations" | "apiVersion" | "kind"
        // a generated map ends in a hash of its content, so older files make their own again
        | "configMapGenerator" | "secretGenerator" | "generatorOptions" => return None,
        "commonLabels" | "labels" => {
            "labels that a kustomization adds may become part of selectors, which are immutable"
        }
        "namePrefix" | "nameSuffix" | "namespace" => {
            "every object gets another name, so that older files make new ones beside those that hold data"
        }
        // patches and bases may touch any object, a claim for a volume as well
        _ => {
            "what a kustomization is made of changed, and what that does to objects that hold data is not known"
        }
    })
}

/// Keys of a chart that people and registries read.
pub(super) fn harmless_of_chart(keys: &[String]) -> bool {
    const KEYS: [&str; 11] = [
        "apiVersion",
        "name",
        "version",
        "appVersion",
        "description",
        "type",
        "keywords",
        "home",
        "sources",
        "maintainers",
        "icon",
    ];
    keys.first()
        .is_some_and(|key| KEYS.contains(&key.as_str()) || key == "annotations")
}
