package dev.backstep.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** A key of our own for a server at 127.0.0.1; the JDK has a tool to make it, and no API. */
record SelfSigned(KeyStore keys) {
  private static final String ALIAS = "server";
  private static final String PASSWORD = "changeit";

  private static SelfSigned made;

  /** One for all servers of this JVM: the tool takes most of a second. */
  static synchronized SelfSigned made()
      throws IOException, GeneralSecurityException, InterruptedException {
    if (made == null) {
      made = make();
    }
    return made;
  }

  private static SelfSigned make()
      throws IOException, GeneralSecurityException, InterruptedException {
    var file = Files.createTempDirectory("keys").resolve("keys.p12");
    var keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
    var command =
        "%s -genkeypair -alias %s -keyalg EC -dname CN=127.0.0.1 -ext san=ip:127.0.0.1 -keystore %s -storetype PKCS12 -storepass %s"
            .formatted(keytool, ALIAS, file, PASSWORD);
    Command.run(List.of(command.split(" ")), Map.of(), "").orThrow();
    return new SelfSigned(KeyStore.getInstance(file.toFile(), PASSWORD.toCharArray()));
  }

  SSLContext context() throws GeneralSecurityException {
    var managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys, PASSWORD.toCharArray());
    var context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    return context;
  }

  /** The certificate, which clients trust. */
  String pem() throws GeneralSecurityException {
    return "-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n"
        .formatted(Base64.getMimeEncoder().encodeToString(keys.getCertificate(ALIAS).getEncoded()));
  }
}
