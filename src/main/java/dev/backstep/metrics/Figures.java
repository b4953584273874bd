package dev.backstep.metrics;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.prometheus.client.Collector.MetricFamilySamples;
import io.prometheus.client.Collector.MetricFamilySamples.Sample;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What is said in one scrape. */
final class Figures {
  private static final double MILLIS = 1000.0;

  private final Map<Figure, MetricFamilySamples> said = new EnumMap<>(Figure.class);

  /** What is said of one object. */
  Of of(HasMetadata object) {
    return new Of(
        List.of(
            object.getKind(), object.getMetadata().getNamespace(), object.getMetadata().getName()));
  }

  /**
   * Says a figure.
   *
   * @param labels the values of its labels, in their order
   */
  void say(Figure figure, double value, List<String> labels) {
    var family = said.computeIfAbsent(figure, Figure::empty);
    family.samples.add(new Sample(figure.series(), figure.labels(), labels, value));
  }

  /** Says a time, if there is one. */
  void time(Figure figure, Instant at, List<String> labels) {
    if (at != null) {
      say(figure, at.toEpochMilli() / MILLIS, labels);
    }
  }

  /** All that was said. */
  List<MetricFamilySamples> all() {
    return new ArrayList<>(said.values());
  }

  /** Speaks of one object. */
  final class Of {
    private final List<String> object;

    private Of(List<String> object) {
      this.object = object;
    }

    void say(Figure figure, double value, String... labels) {
      Figures.this.say(figure, value, with(labels));
    }

    /** Says a number, if there is one. */
    void number(Figure figure, Long value) {
      if (value != null) {
        say(figure, value);
      }
    }

    /** Says a time, if there is one. */
    void time(Figure figure, Instant at, String... labels) {
      Figures.this.time(figure, at, with(labels));
    }

    private List<String> with(String... labels) {
      return Stream.concat(object.stream(), Arrays.stream(labels)).toList();
    }
  }
}
