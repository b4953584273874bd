package dev.backstep.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backstep.http.HostAddresses.RefusedAddressException;
import io.netty.util.NetUtil;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Names that say what each test wants them to say, one answer after the other. */
class HostAddressesTest {
  private final Vertx vertx = Vertx.vertx();
  private final Queue<List<String>> answers = new ArrayDeque<>();
  private final HostAddresses addresses =
      new HostAddresses(vertx, new AddressRules(new HttpStack.Settings(List.of(), List.of()))) {
        @Override
        InetAddress[] addresses(String host) throws UnknownHostException {
          if (answers.isEmpty()) {
            throw new UnknownHostException(host);
          }
          return answers.remove().stream()
              .map(NetUtil::createByteArrayFromIpAddressString)
              .map(AddressRules::address)
              .toArray(InetAddress[]::new);
        }
      };

  @AfterEach
  void stop() {
    vertx.close();
  }

  private String found(String host) {
    try {
      return addresses.of(host).toCompletionStage().toCompletableFuture().join().getHostAddress();
    } catch (CompletionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  private void answering(String... found) {
    answers.add(Arrays.asList(found));
  }

  @Test
  void theFirstAddressThatMayBeAskedIsTaken() {
    answering("127.0.0.1", "10.0.0.7", "10.0.0.8");

    assertThat(found("shop.example")).isEqualTo("10.0.0.7");
  }

  @Test
  void aNameThatLeadsOnlyToSpecialAddressesIsRefusedAndTheyAreNamed() {
    answering("169.254.169.254", "127.0.0.1");

    assertThatThrownBy(() -> found("shop.example"))
        .hasRootCauseInstanceOf(RefusedAddressException.class)
        .hasMessageContaining(
            ": host shop.example has address 169.254.169.254, which is the address of a cloud's metadata, and is not asked.");
  }

  @Test
  void anAddressIsCheckedWithoutAskingAnybody() {
    assertThat(found("10.0.0.1")).isEqualTo("10.0.0.1");
    assertThat(found("[fd00::1]")).isEqualTo("fd00:0:0:0:0:0:0:1");
    assertThatThrownBy(() -> found("127.0.0.1"))
        .hasMessageContaining(": 127.0.0.1 is a loopback address, and is not asked.");
  }

  @Test
  void aNameThatIsNotKnownSaysSo() {
    assertThatThrownBy(() -> found("shop.example"))
        .hasRootCauseInstanceOf(UnknownHostException.class);
  }

  /** A name server that hangs is asked once for each name, and again when it has answered. */
  @Test
  void aNameIsLookedUpOnceAtATime() {
    var asked = new AtomicInteger();
    var answer = new CountDownLatch(1);
    var slow =
        new HostAddresses(vertx, new AddressRules(new HttpStack.Settings(List.of(), List.of()))) {
          @Override
          InetAddress[] addresses(String host) {
            asked.incrementAndGet();
            try {
              answer.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
            return new InetAddress[] {AddressRules.address(new byte[] {10, 0, 0, 1})};
          }
        };

    var first = slow.of("shop.example");
    var second = slow.of("shop.example");
    answer.countDown();
    first.toCompletionStage().toCompletableFuture().join();
    second.toCompletionStage().toCompletableFuture().join();
    slow.of("shop.example").toCompletionStage().toCompletableFuture().join();

    assertThat(asked).hasValue(2);
  }
}
