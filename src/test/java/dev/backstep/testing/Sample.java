package dev.backstep.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A folder of {@code samples}, as it is but for its namespace, and for the hosts of its databases:
 * the operator of a test is not in the cluster, so it is told their addresses.
 */
public final class Sample {
  private static final Pattern HOST = Pattern.compile("(?<=host: )[a-z]+-db$", Pattern.MULTILINE);

  private final Path folder;
  private final Shop shop;

  private Sample(Path folder, Shop shop) {
    this.folder = folder;
    this.shop = shop;
  }

  /** The application of a sample, and what its plan may do, in a shop. */
  public static Sample in(Shop shop, String name) {
    var sample = new Sample(Path.of("samples", name), shop);
    var app = sample.read("app.yaml");
    sample.apply(
        Stream.of(app.split("(?m)^---$"))
            .filter(it -> it.contains("kind: Service\n"))
            .collect(Collectors.joining("---\n")));
    sample.apply(sample.read("rbac.yaml"));
    sample.apply(HOST.matcher(app).replaceAll(it -> PodDatabase.address(shop, it.group())));
    return sample;
  }

  /** A file of it, for the namespace of the shop. */
  public String read(String file) {
    try {
      return Files.readString(folder.resolve(file))
          .replaceAll(
              "(?<=namespace: |kind: Namespace\nmetadata:\n  name: )shop", shop.namespace());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Has it applied by a test. */
  public void apply(String yaml) {
    shop.apply(yaml, "test");
  }

  /** Has a file with a run applied as it says; the options are kubectl's. */
  public void ask(String file, String... options) {
    var command =
        Stream.concat(
            Stream.of(options),
            Stream.of("apply", "--server-side", "--field-manager=on-call", "-f", "-"));
    shop.kubectlWith(read(file), command.toArray(String[]::new)).orThrow();
  }
}
