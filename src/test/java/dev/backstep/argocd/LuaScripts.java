package dev.backstep.argocd;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.backstep.api.Json;
import dev.backstep.testing.Command;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The scripts for Argo CD, in the folders that Argo CD itself has for them, and what runs them: a
 * Lua with Argo CD's settings, or Argo CD's own ({@code -Dbackstep.lua=PROGRAM}, from {@code
 * dev/cluster argo-cd}).
 */
final class LuaScripts {
  static final Path FOLDER = Path.of("deploy", "argocd", "resource_customizations", "backstep.dev");

  static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

  private static final Path SOURCES = Path.of("dev", "lua");
  private static final Path BUILT = Path.of("target", "lua").toAbsolutePath();

  private final String program;

  private LuaScripts(String program) {
    this.program = program;
  }

  static LuaScripts built() {
    var given = System.getProperty("backstep.lua", "");
    if (!given.isEmpty()) {
      return new LuaScripts(given);
    }
    var build =
        List.of("go", "-C", SOURCES.toString(), "build", "-mod=readonly", "-o", BUILT.toString());
    Command.run(build, Map.of("GOWORK", "off", "CGO_ENABLED", "0"), "").orThrow();
    return new LuaScripts(BUILT.toString());
  }

  /** What a script returns for an object; an error of the script is one of the test. */
  JsonNode run(Path script, JsonNode object, Map<String, String> parameters) {
    var input = Json.MAPPER.createObjectNode();
    input.put("kind", script.getFileName().toString()).put("script", read(script));
    input.set("object", object);
    input.set("parameters", Json.MAPPER.valueToTree(parameters));
    var result = Command.run(List.of(program), Map.of(), input.toString()).orThrow();
    try {
      return sorted(Json.MAPPER.readTree(result.stdout()));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(result.stdout(), e);
    }
  }

  /** Lua has one empty table, and Argo CD makes of it what was there before. */
  static JsonNode sorted(JsonNode value) {
    if (value.isEmpty() && value.isContainerNode()) {
      return Json.MAPPER.createArrayNode();
    }
    if (value.isArray()) {
      var array = Json.MAPPER.createArrayNode();
      value.forEach(element -> array.add(sorted(element)));
      return array;
    }
    if (value.isObject()) {
      var object = Json.MAPPER.createObjectNode();
      value.properties().forEach(member -> object.set(member.getKey(), sorted(member.getValue())));
      return object;
    }
    return value.isNumber() ? Json.MAPPER.getNodeFactory().numberNode(value.asDouble()) : value;
  }

  static JsonNode yaml(Path file) {
    try {
      return YAML.readTree(file.toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All files of that name, wherever they are in the folder. */
  static List<Path> named(String name) {
    try (Stream<Path> files = Files.walk(FOLDER)) {
      return files.filter(file -> file.endsWith(name)).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
