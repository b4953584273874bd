package dev.backstep.installation;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.backstep.api.Json;
import java.util.List;

/**
 * What the chart tells its programs: JSON in one environment variable.
 *
 * @param release its name
 * @param namespace the release's
 * @param revision of the release, from 1
 * @param watched the namespaces whose objects are carried on; empty: all
 * @param service the Service that all the operator's pods are behind
 * @param replicas how many pods there should be
 */
record Installation(
    String release,
    String namespace,
    int revision,
    List<String> watched,
    String service,
    int replicas) {

  /** The environment variable. */
  static final String VARIABLE = "BACKSTEP_INSTALLATION";

  /** The list is never null. */
  Installation {
    watched = watched == null ? List.of() : List.copyOf(watched);
  }

  /** What the chart wrote. */
  static Installation of(String json) throws JsonProcessingException {
    return Json.MAPPER.readValue(json, Installation.class);
  }
}
