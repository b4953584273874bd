package dev.backstep.http;

import dev.backstep.config.BackstepConfig;
import io.quarkus.runtime.Startup;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which addresses requests must not go to: those of the operator's own machine, and those where a
 * cloud gives credentials to whoever asks. The operator's configuration may allow some of them.
 */
@ApplicationScoped
@Startup
public class AddressRules {
  private static final Map<String, List<Network>> REFUSED = new LinkedHashMap<>();

  static {
    // fd00:ec2::254 and fd20:ce::254, 100.100.100.200, 168.63.129.16, 192.0.0.192: AWS, Google,
    // Alibaba, Azure, Oracle; that of all others is link-local.
    refuse(
        "the address of a cloud's metadata",
        "169.254.169.254,fd00:ec2::/64,fd20:ce::254,100.100.100.200,168.63.129.16,192.0.0.192");
    refuse("a loopback address", "127.0.0.0/8,::1");
    refuse("a link-local address", "169.254.0.0/16,fe80::/10");
    refuse("no address of a single host", "0.0.0.0/8,::,224.0.0.0/4,240.0.0.0/4,ff00::/8");
  }

  /** Ways to write an IPv4 address as one of IPv6, and where in it that stands. */
  private static final Map<Network, Integer> EMBEDDING =
      Map.of(Network.of("64:ff9b::/96"), 12, Network.of("::/96"), 12, Network.of("2002::/16"), 2);

  private static final int IPV4_BYTES = 4;

  private final List<Network> allowed;

  @Inject
  public AddressRules(BackstepConfig config) {
    this(config.http().allowedAddresses().orElse(List.of()));
  }

  /** As they are where these networks are allowed. */
  AddressRules(List<String> allowed) {
    this.allowed = allowed.stream().map(Network::of).toList();
  }

  private static void refuse(String what, String networks) {
    REFUSED.put(what, Arrays.stream(networks.split(",")).map(Network::of).toList());
  }

  /** What is wrong with an address, such as {@code a loopback address}; empty: it may be asked. */
  Optional<String> refused(InetAddress address) {
    if (isIn(allowed, address)) {
      return Optional.empty();
    }
    return REFUSED.entrySet().stream()
        .filter(entry -> isIn(entry.getValue(), address))
        .<String>map(Map.Entry::getKey)
        .findFirst()
        .or(() -> embedded(address).flatMap(this::refused));
  }

  private static boolean isIn(List<Network> networks, InetAddress address) {
    return networks.stream().anyMatch(network -> network.contains(address));
  }

  private static Optional<InetAddress> embedded(InetAddress address) {
    return EMBEDDING.entrySet().stream()
        .filter(entry -> entry.getKey().contains(address))
        .map(Map.Entry::getValue)
        .findFirst()
        .map(at -> Arrays.copyOfRange(address.getAddress(), at, at + IPV4_BYTES))
        .map(AddressRules::address);
  }

  /** The address that these bytes are: 4 or 16. */
  static InetAddress address(byte[] bytes) {
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }
}
