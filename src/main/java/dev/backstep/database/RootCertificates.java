package dev.backstep.database;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.postgresql.ssl.WrappedFactory;

/**
 * Trusts the certificates of a PEM text, all of them: an authority that is being replaced comes
 * with its successor. The driver makes it by its name, and looks at the server's name itself.
 */
public final class RootCertificates extends WrappedFactory {

  /**
   * Trusts these.
   *
   * @param pem one certificate or more
   * @throws GeneralSecurityException when there is none in it
   */
  public RootCertificates(String pem) throws GeneralSecurityException {
    try {
      var trusted = KeyStore.getInstance(KeyStore.getDefaultType());
      trusted.load(null, null);
      for (var certificate : certificates(pem)) {
        trusted.setCertificateEntry("root-%d".formatted(trusted.size()), certificate);
      }
      var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(trusted);
      var context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      factory = context.getSocketFactory();
    } catch (IOException e) {
      throw new GeneralSecurityException(e);
    }
  }

  /** True when there is something to trust in it. */
  static boolean readable(String pem) {
    try {
      return !certificates(pem).isEmpty();
    } catch (CertificateException e) {
      return false;
    }
  }

  private static Collection<? extends Certificate> certificates(String pem)
      throws CertificateException {
    var certificates =
        CertificateFactory.getInstance("X.509")
            .generateCertificates(new ByteArrayInputStream(pem.getBytes(StandardCharsets.UTF_8)));
    if (certificates.isEmpty()) {
      throw new CertificateException("no certificate");
    }
    return certificates;
  }
}
