package dev.backstep.means.http;

import dev.backstep.cluster.Replica;
import dev.backstep.measure.Reading;
import java.util.Optional;

/**
 * Where a switch stands, as a replica says.
 *
 * @param replica who says so; empty: whoever answers
 * @param reading green: it is off; red: it is on; else it did not say
 */
record Standing(Optional<Replica> replica, Reading reading) {}
