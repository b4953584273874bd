package dev.backstep.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.util.NetUtil;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressRulesTest {
  private static final AddressRules RULES = rules();

  private static AddressRules rules(String... allowed) {
    return new AddressRules(new HttpStack.Settings(List.of(), List.of(allowed)));
  }

  private static String refused(AddressRules rules, String address) {
    var bytes = NetUtil.createByteArrayFromIpAddressString(address);
    return rules.refused(AddressRules.address(bytes)).orElse("");
  }

  @ParameterizedTest
  @CsvSource({
    "169.254.169.254, the address of a cloud's metadata",
    "fd00:ec2::254, the address of a cloud's metadata",
    "fd20:ce::254, the address of a cloud's metadata",
    "100.100.100.200, the address of a cloud's metadata",
    "127.0.0.1, a loopback address",
    "127.255.255.254, a loopback address",
    "::1, a loopback address",
    "169.254.0.1, a link-local address",
    "fe80::1, a link-local address",
    "febf::1, a link-local address",
    "0.0.0.0, no address of a single host",
    "::, no address of a single host",
    "224.0.0.1, no address of a single host",
    "255.255.255.255, no address of a single host",
    "ff02::1, no address of a single host"
  })
  void specialAddressesAreRefused(String address, String what) {
    assertThat(refused(RULES, address)).isEqualTo(what);
  }

  /** All of these are 169.254.169.254 or 127.0.0.1. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "::ffff:169.254.169.254",
        "::ffff:7f00:1",
        "::a9fe:a9fe",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b::7f00:1",
        "2002:7f00:1::"
      })
  void specialAddressesAreRefusedHoweverTheyAreWritten(String address) {
    assertThat(refused(RULES, address)).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "10.0.0.1",
        "192.168.0.1",
        "172.16.0.1",
        "8.8.8.8",
        "128.0.0.1",
        "169.253.255.255",
        "169.255.0.0",
        "fd00::1",
        "fec0::1",
        "2001:db8::1",
        "64:ff9b::808:808"
      })
  void allOthersAreNot(String address) {
    assertThat(refused(RULES, address)).isEmpty();
  }

  @Test
  void theConfigurationAllowsWhatItNamesAndNothingElse() {
    var rules = rules("127.0.0.0/8", " fe80::/10", "169.254.169.254");

    assertThat(refused(rules, "127.3.2.1")).isEmpty();
    assertThat(refused(rules, "fe80::1")).isEmpty();
    assertThat(refused(rules, "169.254.169.254")).isEmpty();
    assertThat(refused(rules, "169.254.169.253")).isEqualTo("a link-local address");
    assertThat(refused(rules, "::1")).isEqualTo("a loopback address");
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost", "10.0.0.0/33", "10.0.0/8", "fe80::/129", "10.0.0.0/x", ""})
  void whatIsNoNetworkKeepsTheOperatorFromStarting(String network) {
    assertThatThrownBy(() -> rules(network)).isInstanceOf(IllegalArgumentException.class);
  }
}
