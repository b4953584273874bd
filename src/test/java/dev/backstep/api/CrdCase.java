package dev.backstep.api;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * One file of src/test/resources/crd: what a user sends, one document after the other. The first
 * document is the object (a plan or an approval), which is created; each further one is a merge
 * patch of it, of its status where it holds a status. All but the last must be accepted; the last
 * one is judged.
 *
 * <p>A file in {@code invalid/} says in its leading comment what the refusal must contain, with ...
 * for what does not matter; lines indented further go on:
 *
 * <pre>
 * # expect: spec.gates[0].interval: ... interval must be
 * #    between 1s and 10m
 * </pre>
 */
record CrdCase(String name, List<ObjectNode> documents, List<String> expected) {
  private static final Path CASES = Path.of("src", "test", "resources", "crd");
  private static final String EXPECT = "# expect: ";
  private static final String CONTINUED = "#    ";
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

  /** All cases of a folder. */
  static List<CrdCase> in(String folder) {
    try (var files = Files.list(CASES.resolve(folder))) {
      return files.sorted().map(CrdCase::read).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static CrdCase read(Path file) {
    var name = file.getFileName().toString().replace(".yaml", "");
    try {
      var documents = YAML.readerFor(ObjectNode.class).<ObjectNode>readValues(file.toFile());
      return new CrdCase(name, documents.readAll(), expected(Files.readAllLines(file)));
    } catch (IOException e) {
      throw new UncheckedIOException(file.toString(), e);
    }
  }

  private static List<String> expected(List<String> lines) {
    var text = new StringBuilder();
    for (var line : lines) {
      if (line.startsWith(EXPECT)) {
        text.append(line.substring(EXPECT.length()));
      } else if (line.startsWith(CONTINUED) && !text.isEmpty()) {
        text.append(' ').append(line.substring(CONTINUED.length()));
      }
    }
    return text.isEmpty() ? List.of() : List.of(text.toString().split(" \\.\\.\\. "));
  }

  /** The object, under a name of this case's own. */
  ObjectNode object() {
    var object = documents.get(0).deepCopy();
    object.withObject("/metadata").put("name", name);
    return object;
  }

  /** What the object's kind is called in paths. */
  String plural() {
    return documents.get(0).path("kind").asText().toLowerCase(Locale.ROOT) + "s";
  }

  /** What is sent after the object. */
  List<ObjectNode> patches() {
    return documents.subList(1, documents.size());
  }
}
