package dev.backstep.cluster;

import dev.backstep.cluster.Grants.Grant;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.authorization.v1.ResourceRule;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.api.model.rbac.RoleRef;
import io.fabric8.kubernetes.api.model.rbac.Subject;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Listable;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Reads of RBAC what it gives to people: four lists, of which little is kept. */
@ApplicationScoped
public class BindingReader {
  private static final long PAGE = 500;
  private static final String BACKSTEP = "backstep.dev";
  private static final String ANY = "*";

  private final KubernetesClient client;

  public BindingReader(KubernetesClient client) {
    this.client = client;
  }

  /** Where the rules of a role are found: a Role has its namespace, a ClusterRole has none. */
  private record Name(String namespace, String role) {}

  /** What every binding gives to people, on Backstep's objects. */
  List<Grant> ofPeople() {
    var rules = new HashMap<Name, Rules>();
    each(client.rbac().clusterRoles(), role -> keep(rules, role));
    each(client.rbac().roles().inAnyNamespace(), role -> keep(rules, role));
    var grants = Stream.<Grant>builder();
    each(client.rbac().clusterRoleBindings(), it -> give(grants, it, rules));
    each(client.rbac().roleBindings().inAnyNamespace(), it -> give(grants, it, rules));
    return grants.build().toList();
  }

  private static <T extends HasMetadata, L extends KubernetesResourceList<T>> void each(
      Listable<L> all, Consumer<T> then) {
    var from = "";
    do {
      var page = all.list(new ListOptionsBuilder().withLimit(PAGE).withContinue(from).build());
      page.getItems().forEach(then);
      from = page.getMetadata() == null ? null : page.getMetadata().getContinue();
    } while (from != null && !from.isEmpty());
  }

  private static void keep(Map<Name, Rules> rules, ClusterRole role) {
    keep(rules, new Name("", role.getMetadata().getName()), role.getRules());
  }

  private static void keep(Map<Name, Rules> rules, Role role) {
    var metadata = role.getMetadata();
    keep(rules, new Name(metadata.getNamespace(), metadata.getName()), role.getRules());
  }

  private static void keep(Map<Name, Rules> rules, Name name, List<PolicyRule> all) {
    var ours = all.stream().filter(BindingReader::isOurs).map(BindingReader::rule).toList();
    if (!ours.isEmpty()) {
      rules.put(name, new Rules(ours));
    }
  }

  private static boolean isOurs(PolicyRule rule) {
    return rule.getApiGroups().contains(BACKSTEP) || rule.getApiGroups().contains(ANY);
  }

  private static ResourceRule rule(PolicyRule rule) {
    return new ResourceRule(
        rule.getApiGroups(), rule.getResourceNames(), rule.getResources(), rule.getVerbs());
  }

  private static void give(
      Stream.Builder<Grant> grants, ClusterRoleBinding binding, Map<Name, Rules> rules) {
    give(grants, Optional.empty(), binding.getRoleRef(), binding.getSubjects(), rules);
  }

  private static void give(
      Stream.Builder<Grant> grants, RoleBinding binding, Map<Name, Rules> rules) {
    var namespace = Optional.of(binding.getMetadata().getNamespace());
    give(grants, namespace, binding.getRoleRef(), binding.getSubjects(), rules);
  }

  private static void give(
      Stream.Builder<Grant> grants,
      Optional<String> namespace,
      RoleRef ref,
      List<Subject> subjects,
      Map<Name, Rules> rules) {
    var local = ref.getKind().equals("Role") ? namespace.orElse("") : "";
    var known = rules.get(new Name(local, ref.getName()));
    if (known != null && subjects.stream().anyMatch(BindingReader::isPeople)) {
      grants.add(new Grant(namespace, known));
    }
  }

  /** Of those whose names Kubernetes keeps for itself, one is about people: whoever logged in. */
  private static boolean isPeople(Subject subject) {
    return !subject.getKind().equals("ServiceAccount")
        && (!subject.getName().startsWith("system:")
            || subject.getName().equals("system:authenticated"));
  }
}
