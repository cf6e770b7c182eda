from __future__ import print_function
import marshalling as m

text = m.run()
print(text.decode("ascii") if not isinstance(text, str) else text)
