package dev.backstep.program;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backstep.api.Json;
import dev.backstep.problem.Problem;
import dev.backstep.text.Sentences;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * How a program of the operator's image ends: the code that it exits with, by which its Job goes on
 * or gives up, and its last words, which the kubelet keeps.
 */
public final class Ending {
  /** It did what it was told. */
  public static final int DONE = 0;

  /** Trying again would not help: the Job gives up at once. */
  public static final int REFUSED = 65;

  /** Another time it may go on, so the Job starts another pod. */
  public static final int LATER = 75;

  /** What the kubelet shows as the end of a container. */
  private static final Path LAST_WORDS = Path.of("/dev/termination-log");

  private static final Pattern SAID =
      Pattern.compile("([A-Z][A-Za-z0-9]{2,62}): (.+)", Pattern.DOTALL);

  /** In bytes: the kubelet keeps no more. */
  private static final int MOST_WORDS = 4096;

  private static final TypeReference<Map<String, String>> FACTS = new TypeReference<>() {};

  private Ending() {}

  /** It did this. */
  public static int done(String message) {
    return ended(message, DONE);
  }

  /** It did what it was told, and found this out. */
  public static int found(Map<String, String> facts) {
    said(json(facts));
    var kept = new TreeMap<>(facts);
    while (json(kept).getBytes(StandardCharsets.UTF_8).length > MOST_WORDS) {
      kept.remove(longest(kept));
    }
    return written(json(kept), DONE);
  }

  private static String json(Map<String, String> facts) {
    return Json.MAPPER.<ObjectNode>valueToTree(new TreeMap<>(facts)).toString();
  }

  private static String longest(Map<String, String> facts) {
    return Collections.max(facts.keySet(), Comparator.comparing(fact -> facts.get(fact).length()));
  }

  /** What a program found out, as its last words say; empty: nothing. */
  public static Map<String, String> facts(String lastWords) {
    try {
      return Map.copyOf(Json.MAPPER.readValue(lastWords, FACTS));
    } catch (JsonProcessingException e) {
      return Map.of();
    }
  }

  /** This keeps it from doing anything, now and later. */
  public static int refused(Problem problem) {
    return ended(text(problem), REFUSED);
  }

  /** This keeps it from going on now. */
  public static int later(Problem problem) {
    return ended(text(problem), LATER);
  }

  private static String text(Problem problem) {
    return "%s: %s".formatted(problem.reason(), problem.message());
  }

  private static int ended(String message, int code) {
    said(message);
    return written(Sentences.bounded(message), code);
  }

  private static int written(String words, int code) {
    try {
      if (Files.isWritable(LAST_WORDS)) {
        Files.writeString(LAST_WORDS, words);
      }
    } catch (IOException e) {
      // It stands in the log.
    }
    return code;
  }

  /** Says something in the log. */
  public static void said(String message) {
    System.out.println(message);
  }

  /**
   * What last words say is wrong.
   *
   * @param otherwise the reason where they name none
   */
  public static Problem problem(String lastWords, String otherwise) {
    var said = SAID.matcher(lastWords);
    return said.matches()
        ? new Problem(said.group(1), said.group(2))
        : new Problem(otherwise, lastWords);
  }
}
