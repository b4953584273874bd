/**
 * Which of several processes of the operator acts. They agree by a Lease; the others watch, so that
 * they know everything already when their turn comes. What keeps two that both believe to lead from
 * doing anything twice is not here: it is the write protocol.
 */
package dev.backstep.leader;
