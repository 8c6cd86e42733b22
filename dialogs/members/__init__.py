"""Who is enrolled: what people say of a person who is to be found in the register, read and shown with care."""
