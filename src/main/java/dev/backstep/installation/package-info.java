/**
 * Programs of their own in the operator's image, which Helm runs in a pod: one looks whether an
 * installation is in order, the other whether anything is held or under way before it goes. They
 * change nothing, and have the rights of the operator's ServiceAccount.
 */
package dev.backstep.installation;
