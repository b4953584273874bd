package dev.backstep.gitops;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.backstep.api.Json;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.cluster.Annotations;
import dev.backstep.cluster.HolderLookup;
import dev.backstep.cluster.LedgerEntry;
import dev.backstep.gitops.Deployers.Seen;
import dev.backstep.object.Edit.Inverse;
import dev.backstep.object.ObjectPatch;
import dev.backstep.object.PatchBuilder;
import java.util.Optional;
import java.util.stream.Collectors;

/** Takes a hold out of the ledger; with the last one the deployer is as it was before. */
final class GivingBack {
  private static final String ENTRY_LOST =
      "%s is off, as run %s wants, but somebody took away the annotation that says so, and perhaps those of others. If nobody else wants it off, switch it on: kubectl -n %s patch %s %s --type merge -p '%s', then answer Retry";
  private static final String NOBODY_LEFT =
      "%s is kept off by %s, which does not exist any more, so nobody switches it on by itself. If it is not needed: kubectl -n %s annotate %s %s %s, then answer Retry";

  private final Deployer deployer;
  private final Seen.There seen;
  private final Hold hold;
  private final HolderLookup holders;
  private final Ledger rest;
  private final Optional<LedgerEntry> own;
  private final boolean on;

  GivingBack(Deployer deployer, Seen.There seen, Hold hold, HolderLookup holders) {
    this.deployer = deployer;
    this.seen = seen;
    this.hold = hold;
    this.holders = holders;
    var ledger = Ledger.of(seen.object());
    this.rest = ledger.without(hold);
    this.own = ledger.find(hold);
    this.on = deployer.kind().reverts(seen.json()).isPresent();
  }

  /** Why a human has to decide something first; empty: it can be given back. */
  Optional<String> obstacle() {
    if (on) {
      return Optional.empty();
    }
    if (own.isEmpty()) {
      return Optional.of(
          ENTRY_LOST.formatted(
              deployer,
              hold.run(),
              deployer.namespace(),
              deployer.resource(),
              deployer.name(),
              deployer.merge(before())));
    }
    return rest.entries().isEmpty() || rest.anybodyLeft(holders, deployer.target().toString())
        ? Optional.empty()
        : Optional.of(nobodyLeft());
  }

  private String nobodyLeft() {
    var named = rest.entries().stream().map(LedgerEntry::holder).collect(Collectors.joining(", "));
    var keys =
        rest.entries().stream()
            .map(entry -> "%s-".formatted(entry.key()))
            .collect(Collectors.joining(" "));
    return NOBODY_LEFT.formatted(
        deployer, named, deployer.namespace(), deployer.resource(), deployer.name(), keys);
  }

  /** True when it is switched on by this. */
  boolean switchesOn() {
    return !on && rest.entries().isEmpty();
  }

  /** What speaks against it, as a clause; empty: what runs is what Git has, or it stays off. */
  Optional<String> doubt() {
    return switchesOn() ? deployer.kind().redeploys(seen.json()) : Optional.empty();
  }

  ObjectPatch patch() {
    var patch = PatchBuilder.of(seen.object()).givingBack(hold);
    own.ifPresent(entry -> patch.unannotate(entry.key()));
    if (rest.entries().isEmpty() && rest.before().isPresent()) {
      patch.unannotate(Annotations.HELD_VALUE);
    }
    if (switchesOn()) {
      patch.set(deployer.kind().place(), seen.json(), before(), Inverse.BACK);
    }
    return patch.buildOnAnnotations(summary(), seen.json(), deployer.kind().around());
  }

  /** What nobody can read says nothing; without a value it is on. */
  private JsonNode before() {
    try {
      var value = Json.MAPPER.readTree(rest.before().orElse("null"));
      return value.equals(deployer.kind().off()) ? JsonNodeFactory.instance.nullNode() : value;
    } catch (JsonProcessingException e) {
      return JsonNodeFactory.instance.nullNode();
    }
  }

  private String summary() {
    if (on) {
      return "%s: somebody else switched it on meanwhile; it is left so".formatted(deployer);
    }
    return rest.entries().isEmpty()
        ? "%s: %s -> %s".formatted(deployer, Taking.OFF, Taking.ON)
        : "%s: stays %s for %s".formatted(deployer, Taking.OFF, rest.entries().get(0).holder());
  }
}
