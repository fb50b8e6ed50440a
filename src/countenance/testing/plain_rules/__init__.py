"""The default rules a second time, in plain Python, written from their words: both must always say the same.

One module a rule file, one function a rule: `@forbids("rule-id", "edit", "publish")` over a function that is true where
the rule applies. Facts are those of one question (`policies/schema.cedarschema`), with one unit as `facts["unit"]`;
`facts.get` of what is absent is None, and a missing fact refuses.
"""
