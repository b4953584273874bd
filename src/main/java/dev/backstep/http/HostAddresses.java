package dev.backstep.http;

import dev.backstep.problem.Problem;
import dev.backstep.problem.ProblemException;
import io.netty.util.NetUtil;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Finds out which address a host has, and checks it. Who connects to the address that was checked
 * is not led elsewhere by a name that says something else a moment later.
 */
class HostAddresses {
  /** Looking a name up cannot be given up, so what hangs must not keep others from their work. */
  private static final int THREADS = 4;

  private final AddressRules rules;
  private final WorkerExecutor threads;
  private final Map<String, Future<InetAddress[]>> underWay = new ConcurrentHashMap<>();

  HostAddresses(Vertx vertx, AddressRules rules) {
    this.rules = rules;
    this.threads = vertx.createSharedWorkerExecutor("host-addresses", THREADS);
  }

  /** None of a host's addresses may be asked. */
  static final class RefusedAddressException extends ProblemException {
    private static final long serialVersionUID = 1L;
    private static final String MESSAGE =
        ": %s, and is not asked. If it has to be, set http.allowedAddresses of the operator's chart.";

    RefusedAddressException(String host, InetAddress address, String what) {
      super(new Problem("AddressNotAllowed", MESSAGE.formatted(said(host, address, what))));
    }

    private static String said(String host, InetAddress address, String what) {
      var literal = address.getHostAddress();
      return host.equals(literal)
          ? "%s is %s".formatted(host, what)
          : "host %s has address %s, which is %s".formatted(host, literal, what);
    }
  }

  /** An address of this host, or the one that it is, which may be asked. */
  Future<InetAddress> of(String host) {
    var literal = NetUtil.createByteArrayFromIpAddressString(host);
    var found =
        literal == null
            ? lookedUp(host)
            : Future.succeededFuture(literal)
                .map(bytes -> new InetAddress[] {AddressRules.address(bytes)});
    return found.compose(addresses -> checked(host, addresses));
  }

  /** One at a time for each name, so that a name server that hangs is not asked ever more. */
  private Future<InetAddress[]> lookedUp(String host) {
    return underWay.computeIfAbsent(host, this::lookUp).onComplete(it -> underWay.remove(host));
  }

  private Future<InetAddress[]> lookUp(String host) {
    return threads.executeBlocking(() -> addresses(host), false);
  }

  /** In the order of preference of this machine. */
  InetAddress[] addresses(String host) throws UnknownHostException {
    return InetAddress.getAllByName(host);
  }

  private Future<InetAddress> checked(String host, InetAddress... addresses) {
    return Arrays.stream(addresses)
        .filter(address -> rules.refused(address).isEmpty())
        .findFirst()
        .map(Future::succeededFuture)
        .orElseGet(() -> Future.failedFuture(refused(host, addresses[0])));
  }

  private RefusedAddressException refused(String host, InetAddress address) {
    return new RefusedAddressException(host, address, rules.refused(address).orElseThrow());
  }
}
