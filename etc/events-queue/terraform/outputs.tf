# SPDX-License-Identifier: Apache-2.0

output "queue_url" {
  description = "For queues[].url of trailseal.yaml"
  value       = aws_sqs_queue.events.url
}

output "dead_letter_queue_url" {
  description = "What could not be delivered, or was never deleted"
  value       = aws_sqs_queue.dead.url
}
