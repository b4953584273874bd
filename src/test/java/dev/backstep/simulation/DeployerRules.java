package dev.backstep.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Objects;

/** I4 for what Git deploys: off while anybody holds it, and then as it was before the first one. */
final class DeployerRules extends Rules {
  private static final String HELD_VALUE = "backstep.dev/held-value";
  private static final String SWITCH = "/spec/syncPolicy/automated/enabled";

  DeployerRules(Simulation world, Facts facts) {
    super(world, facts);
  }

  /** An effect that landed on an Application. */
  void effect(SimulatedApiServer.Write write) {
    var before = HeldEntries.of(write.before());
    var after = HeldEntries.of(write.after());
    if (!after.isEmpty()) {
      require(!on(write.after()), "I4", write.name() + " is held, and on");
    }
    if (before.isEmpty() && !after.isEmpty()) {
      require(
          said(write.before()).equals(Json.annotation(write.after(), HELD_VALUE)),
          "I4",
          "what " + write.name() + " said before is not written down");
    }
    if (!before.isEmpty() && after.isEmpty()) {
      require(
          on(write.before())
              || said(write.after()).equals(Json.annotation(write.before(), HELD_VALUE)),
          "I4",
          write.name() + " came back with " + said(write.after()));
    }
    if (after.isEmpty()) {
      require(
          Json.annotation(write.after(), HELD_VALUE) == null,
          "I4",
          "held-value is left on " + write.name());
    }
    require(
        Objects.equals(write.before().at("/spec/source"), write.after().at("/spec/source")),
        "I13",
        "the source of " + write.name() + " was changed");
  }

  private static boolean on(JsonNode application) {
    return application.at(SWITCH).asBoolean(true);
  }

  private static String said(JsonNode application) {
    var value = application.at(SWITCH);
    return value.isMissingNode() ? "null" : value.toString();
  }
}
