"""The mouth: lips that never cross, and what shows between them."""
