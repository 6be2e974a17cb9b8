//! Fields that the API of Kubernetes does not let anybody change, kind by kind.

/// Immutable fields of a kind.
pub(super) fn list_immutable_fields(kind: &str) -> &'static [&'static [&'static str]] {
    match kind {
        "Deployment" | "DaemonSet" | "ReplicaSet" => &[&["spec", "selector"]],
        "StatefulSet" => &[
            &["spec", "selector"],
            &["spec", "volumeClaimTemplates"],
            &["spec", "serviceName"],
            &["spec", "podManagementPolicy"],
        ],
        "Service" => &[
            &["spec", "clusterIP"],
            &["spec", "clusterIPs"],
            &["spec", "ipFamilies"],
            &["spec", "loadBalancerClass"],
            &["spec", "healthCheckNodePort"],
        ],
        "Job" => &[
            &["spec", "template"],
            &["spec", "selector"],
            &["spec", "completionMode"],
            &["spec", "podFailurePolicy"],
        ],
        "PersistentVolumeClaim" => &[
            &["spec", "storageClassName"],
            &["spec", "accessModes"],
            &["spec", "volumeName"],
            &["spec", "volumeMode"],
            &["spec", "selector"],
            &["spec", "dataSource"],
            // a claim may grow, and never shrinks
            &["spec", "resources", "requests", "storage"],
        ],
        "PersistentVolume" => &[
            &["spec", "volumeMode"],
            &["spec", "nodeAffinity"],
            &["spec", "hostPath"],
            &["spec", "nfs"],
            &["spec", "csi"],
            &["spec", "local"],
        ],
        "StorageClass" => &[
            &["provisioner"],
            &["parameters"],
            &["reclaimPolicy"],
            &["volumeBindingMode"],
        ],
        // a binding to another role has to be made anew
        "RoleBinding" | "ClusterRoleBinding" => &[&["roleRef"]],
        "IngressClass" => &[&["spec", "controller"]],
        "PriorityClass" => &[&["value"], &["preemptionPolicy"]],
        "RuntimeClass" => &[&["handler"]],
        "CSIDriver" => &[
            &["spec", "attachRequired"],
            &["spec", "volumeLifecycleModes"],
        ],
        "EndpointSlice" => &[&["addressType"]],
        "ConfigMap" => &[&["immutable"]],
        "Secret" => &[&["immutable"], &["type"]],
        "CustomResourceDefinition" => &[
            &["spec", "scope"],
            &["spec", "group"],
            &["spec", "names", "kind"],
            &["spec", "names", "plural"],
        ],
        _ => &[],
    }
}

// one side that writes the default and one that leaves it out are the same
/// What a field is where it is not written, as far as the documentation says so; the cluster
/// chooses the others.
pub(super) fn by_default(kind: &str, field: &str) -> Option<&'static str> {
    Some(match (kind, field) {
        ("StatefulSet", "spec.podManagementPolicy") => "OrderedReady",
        ("Job", "spec.completionMode") => "NonIndexed",
        ("StorageClass", "volumeBindingMode") => "Immediate",
        ("StorageClass", "reclaimPolicy") => "Delete",
        ("ConfigMap" | "Secret", "immutable") => "false",
        ("Secret", "type") => "Opaque",
        ("PersistentVolumeClaim" | "PersistentVolume", "spec.volumeMode") => "Filesystem",
        ("PriorityClass", "preemptionPolicy") => "PreemptLowerPriority",
        ("CSIDriver", "spec.attachRequired") => "true",
        ("StatefulSet", "spec.volumeClaimTemplates" | "spec.serviceName")
        | ("Service", "spec.clusterIP" | "spec.clusterIPs") => "",
        _ => return None,
    })
}
