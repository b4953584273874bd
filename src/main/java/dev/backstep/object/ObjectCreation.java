package dev.backstep.object;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backstep.effect.Effect;
import dev.backstep.effect.Target;

/**
 * Creates one object, which does nothing by itself: it is woken by a patch. So one that is created
 * late, by a process that is gone, does no harm.
 *
 * @param manifest the object; its name is the same in every process
 * @param summary in a few words, such as {@code Job bs-job-1f: created}
 */
public record ObjectCreation(ObjectNode manifest, String summary) implements Effect {
  @Override
  public Target target() {
    return new Target(manifest.path("kind").asText(), manifest.at("/metadata/name").asText());
  }
}
