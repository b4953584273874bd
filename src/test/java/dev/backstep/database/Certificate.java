package dev.backstep.database;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;

/** A certificate for 127.0.0.1 that nobody but a test trusts, as PEM. */
record Certificate(String certificate, String key) {
  private static final String PASSWORD = "changeit";

  static Certificate made() {
    try {
      var store = Files.createTempDirectory("certificate").resolve("store");
      var exit =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                  "-genkeypair",
                  "-alias",
                  "it",
                  "-keyalg",
                  "RSA",
                  "-dname",
                  "CN=127.0.0.1",
                  "-ext",
                  "san=ip:127.0.0.1",
                  "-storetype",
                  "PKCS12",
                  "-keystore",
                  store.toString(),
                  "-storepass",
                  PASSWORD)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor();
      if (exit != 0) {
        throw new IllegalStateException("keytool ended with " + exit);
      }
      var keys = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
      return new Certificate(
          pem("CERTIFICATE", keys.getCertificate("it").getEncoded()),
          pem("PRIVATE KEY", keys.getKey("it", PASSWORD.toCharArray()).getEncoded()));
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static String pem(String what, byte[] content) {
    return "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n"
        .formatted(what, Base64.getMimeEncoder().encodeToString(content));
  }

  /** Writes a text where only this user can read it: a server takes no other key. */
  static Path written(String pem) throws IOException {
    var onlyMine =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    return Files.writeString(Files.createTempFile("pem", null, onlyMine), pem);
  }
}
