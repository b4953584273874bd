package dev.backstep.resync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backstep.problem.ProblemException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TableOrderTest {

  @Test
  void whatNothingRefersToStaysInTheOrderOfTheList() throws Exception {
    assertThat(order(table(1, "b"), table(2, "a"), table(3, "c"))).containsExactly("b", "a", "c");
  }

  @Test
  void whatOthersReferToComesBeforeThem() throws Exception {
    // Given orders of vehicles, and vehicles of customers.
    var orders = table(1, "orders", 2L, 3L);
    var vehicles = table(2, "vehicles", 3L);
    var customers = table(3, "customers");

    assertThat(order(table(4, "parts"), orders, vehicles, customers))
        .containsExactly("parts", "customers", "vehicles", "orders");
  }

  @Test
  void whatIsNotCopiedDoesNotMatter() throws Exception {
    assertThat(order(table(1, "orders", 9L))).containsExactly("orders");
  }

  @Test
  void aCycleIsNamed() {
    assertThatThrownBy(
            () -> order(table(4, "z", 1L), table(1, "a", 2L), table(2, "b", 3L), table(3, "c", 1L)))
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("Tables a, b, c, a refer to each other");
  }

  private static List<String> order(TargetTable... tables) throws ProblemException {
    return TableOrder.of(List.of(tables)).stream().map(TargetTable::name).toList();
  }

  private static TargetTable table(long oid, String name, Long... parents) {
    return new TargetTable(oid, name, name, List.of(), List.of(), Set.of(parents));
  }
}
