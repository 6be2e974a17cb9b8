//! The screens: a model, messages, a pure update and pure views.
